import * as z from 'zod'

type Fields = Readonly<Record<string, unknown>>
const Described = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ examples: z.array(z.unknown()).default([]) })).default({}),
  examples: z.array(z.record(z.string(), z.unknown())).default([]),
})
/** Ids in paths look like ours. */
const SOME_ID = '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f'

/** An input that fits: the schema's own example, split into what stands in the path and the rest. */
export function exampleOf(input: z.ZodType, path: string): { inPath: Fields; rest: Fields } {
  const { properties, examples } = Described.parse(z.toJSONSchema(input, { io: 'input' }))
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const example = examples[0] ?? {}
  const inPath = names.map((name) => [name, example[name] ?? properties[name]?.examples[0] ?? SOME_ID] as const)
  const rest = Object.entries(example).filter(([name]) => !names.includes(name))
  return { inPath: Object.fromEntries(inPath), rest: Object.fromEntries(rest) }
}
