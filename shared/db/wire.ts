import type pg from 'pg'

const gathering = new WeakSet<object>()

/**
 * What is sent to Postgres within one turn goes out in one write: the driver's own write per statement took a third of a
 * dashboard request (bench:api).
 */
export function gatherWrites({ connection: { stream } }: pg.PoolClient): void {
  if (gathering.has(stream)) return
  gathering.add(stream)
  stream.cork()
  process.nextTick(() => {
    gathering.delete(stream)
    stream.uncork()
  })
}

const prepared = new Map<string, { name: string }>()
const MAX_PREPARED = 1_000

/**
 * A text is parsed and planned once per connection, which saves a third to a half of a small read (bench:tenancy). Texts
 * are written in code, so they are few; should that ever change, the rest go unprepared instead of filling the server.
 */
export function preparedAs(text: string): { name?: string } {
  const known = prepared.get(text)
  if (known || prepared.size >= MAX_PREPARED) return known ?? {}
  const made = { name: `s${prepared.size}` }
  prepared.set(text, made)
  return made
}
