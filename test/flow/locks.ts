import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import type { TestDatabase } from '../support/database.ts'

/** Runs the statement in a transaction of its own, whose locks are held until the returned function is called. */
export async function holdLocks(database: TestDatabase, statement: string): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: database.url('postgres') })
  await holder.connect()
  await holder.query('begin')
  await holder.query(statement)
  return async () => {
    await holder.query('rollback')
    await holder.end()
  }
}

/** How many backends stand before a lock. */
export const waitingForLocks = async (database: TestDatabase): Promise<number> =>
  (
    await database.asAdmin(
      'select l.pid from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and not l.granted',
    )
  ).length

/** Polls what only the database can say. */
export async function until(isTrue: () => Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not true within ${withinMs} ms: ${isTrue}`)
    await setTimeout(10)
  }
}
