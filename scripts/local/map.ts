import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { parseSchedule } from './schedule.ts'

const Entry = z.strictObject({
  /** Path patterns of the public address, exact or ending in `/*`. */
  http: z.array(z.string().startsWith('/')).default([]),
  /** Topics, or keys of `subscriptions`. */
  on: z.array(z.string()).default([]),
  /** Cron, UTC. */
  schedule: z.string().refine(parseSchedule, 'only "m h * * *" with numbers or *').optional(),
  publishes: z.array(z.string()),
  db: z.string().optional(),
  pool: z.number().int().default(0),
  waits: z.boolean().default(false),
  secrets: z.array(z.string()),
  /** Roles in the project, without `roles/`; nothing here asks for them. */
  roles: z.array(z.string()).default([]),
})
const Locals = z.object({
  functions: z.record(z.string().regex(/^[a-z][a-z0-9-]{1,48}$/), Entry),
  subscriptions: z.record(z.string(), z.strictObject({ topic: z.string(), filter: z.string() })),
  topics: z.array(z.string()),
})
const MapFile = z.object({ locals: Locals })

/** What runs in the cloud, as Terraform reads it: functions by name, named subscriptions, topics. */
export type PlatformMap = z.output<typeof Locals>
export type FunctionEntry = z.output<typeof Entry>

/** One subscription to make; `functionName` is who gets the pushes. */
export interface SubscriptionEntry {
  name: string
  topic: string
  filter: string
  functionName: string
}

/** Reads infra/functions.tf.json. Throws an Error that names each entry which does not fit, also unknown topics. */
export async function readMap(file: string): Promise<PlatformMap> {
  const parsed = MapFile.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file}:\n${z.prettifyError(parsed.error)}`)
  const map = parsed.data.locals
  const unknown = subscriptionsOf(map).filter(({ topic }) => !map.topics.includes(topic))
  if (unknown.length > 0) throw new Error(`${file}: unknown topics ${unknown.map(({ topic }) => topic).join(', ')}`)
  return map
}

/** An `on` entry is a named subscription, or a topic whose subscription is called `<function>.<topic>`. */
export function subscriptionsOf(map: PlatformMap): SubscriptionEntry[] {
  return Object.entries(map.functions).flatMap(([functionName, { on }]) =>
    on.map((entry) => {
      const named = map.subscriptions[entry]
      if (named) return { name: entry, ...named, functionName }
      return { name: `${functionName}.${entry}`, topic: entry, filter: '', functionName }
    }),
  )
}
