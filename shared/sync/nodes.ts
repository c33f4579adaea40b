import * as z from 'zod'
import { AppError } from '../errors.ts'

/** Free text, without what PostgreSQL cannot keep: NUL and half a surrogate pair. */
export const text = z.string().transform((value) => value.replaceAll('\0', '').toWellFormed())

/** What a page holds that we do not know, by `stream.field` or `stream.field=VALUE`. */
export type Counter = {
  /** For people: "Meta". */
  provider: string
  stream: string
  add: (what: string) => void
  counts: Record<string, number>
}

export function counter(provider: string, stream: string): Counter {
  const counts: Record<string, number> = {}
  const add = (what: string): void => {
    const name = `${stream}.${what.slice(0, 80)}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return { provider, stream, add, counts }
}

/** The nodes as their schema reads them, unknown fields counted, also of objects in them. One wrong node refuses the whole page. */
export function nodesOf<S extends z.ZodObject>(schema: S, nodes: readonly unknown[], drift: Counter): z.output<S>[] {
  const parsed = z.array(schema).safeParse(nodes)
  if (!parsed.success) {
    throw refused(
      drift,
      parsed.error.issues.map(({ path }) => path.slice(1).join('.')),
    )
  }
  for (const node of parsed.data) for (const field of unknownFields(node, schema)) drift.add(field)
  return parsed.data
}

/** Counts a value that is none of the known ones, by the name of its field. */
export function noteUnknown(
  drift: Counter,
  named: Readonly<Record<string, string | null>>,
  known: ReadonlySet<string>,
): void {
  for (const [field, value] of Object.entries(named)) {
    if (value !== null && !known.has(value)) drift.add(`${field}=${value}`)
  }
}

function unknownFields(node: object, schema: z.ZodObject): string[] {
  return Object.entries(node).flatMap(([field, value]): string[] => {
    const declared: unknown = schema.shape[field]
    if (!declared) return [field]
    const inner = declared instanceof z.ZodOptional ? declared.unwrap() : declared
    if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return []
    return unknownFields(value, inner).map((name) => `${field}.${name}`)
  })
}

export function refused(
  { provider, stream }: Pick<Counter, 'provider' | 'stream'>,
  fields: readonly string[],
): AppError {
  const wrong = [...new Set(fields)].slice(0, 10)
  const message = `${provider} sent ${stream} in an unknown shape; nothing of the page was kept.`
  return new AppError('PROVIDER_BAD_RESPONSE', message, { details: { fields: wrong } })
}
