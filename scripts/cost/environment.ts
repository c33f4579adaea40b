import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const ENVIRONMENTS = ['prod', 'staging', 'dev'] as const
export type EnvironmentName = (typeof ENVIRONMENTS)[number]

const Sizes = z.strictObject({
  concurrency: z.int(),
  min: z.int(),
  max: z.int(),
  memory: z.string().regex(/^(\d+Gi|512Mi)$/),
})
const Settings = z.object({
  instances: z.object({ share: z.number(), warm: z.boolean() }),
  database: z.object({
    tier: z.string().regex(/^db-custom-\d+-\d+$/),
    available: z.boolean(),
    replica: z.boolean(),
  }),
})
const FunctionMap = z.object({
  locals: z.object({
    functions: z.record(z.string(), z.object({ schedule: z.string().optional(), secrets: z.array(z.string()) })),
  }),
})

export type Size = { concurrency: number; min: number; gib: number }
export type Environment = {
  name: EnvironmentName
  /** By kind of function, as in infra/services.tf; `min` is what this environment keeps warm. */
  sizes: Readonly<Record<'api' | 'dashboard' | 'mcp' | 'sync' | 'others', Size>>
  database: { vcpus: number; gib: number; available: boolean; replica: boolean }
  jobs: number
  secrets: number
  armorRules: number
}

/** `name = value` of terraform fmt's, where the value stands on one line: text, number, boolean, or an object of these. */
function settingsIn(text: string): Record<string, unknown> {
  const lines = [...text.matchAll(/^\s*(\w+)\s+= (\{.*\}|".*"|[\w.]+)$/gm)]
  return Object.fromEntries(
    lines.map(([, name = '', value = '']) => [name, JSON.parse(value.replace(/(\w+)\s*= /g, '"$1": '))]),
  )
}

/** What infra makes in an environment: read of what Terraform reads. Throws an Error that tells what does not fit. */
export function environmentOf(name: EnvironmentName): Environment {
  const read = (file: string): string => readFileSync(new URL(`../../infra/${file}`, import.meta.url), 'utf8')
  const { instances, database } = Settings.parse(settingsIn(read(`${name}.tfvars`)))
  const [, sizesText = ''] = /^ {2}sizes = \{\n(.*?)^ {2}\}/ms.exec(read('services.tf')) ?? []
  const sizes = z.record(z.enum(['api', 'dashboard', 'mcp', 'sync', 'others']), Sizes).parse(settingsIn(sizesText))
  const { functions } = FunctionMap.parse(JSON.parse(read('functions.tf.json'))).locals
  const lines = Object.values(functions)
  const sizeOf = ({ concurrency, min, memory }: z.output<typeof Sizes>): Size => {
    return { concurrency, min: instances.warm ? min : 0, gib: memory === '512Mi' ? 0.5 : Number.parseInt(memory, 10) }
  }
  const [vcpus = 0, mib = 0] = database.tier.split('-').slice(2).map(Number)
  return {
    name,
    sizes: {
      api: sizeOf(sizes.api),
      dashboard: sizeOf(sizes.dashboard),
      mcp: sizeOf(sizes.mcp),
      sync: sizeOf(sizes.sync),
      others: sizeOf(sizes.others),
    },
    database: { vcpus, gib: mib / 1024, available: database.available, replica: database.replica },
    jobs: lines.filter(({ schedule }) => schedule !== undefined).length,
    // One more, of the migrations.
    secrets: new Set(lines.flatMap(({ secrets }) => secrets)).size + 1,
    armorRules: read('edge.tf').match(/^ {2}rule \{/gm)?.length ?? 0,
  }
}
