import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'
import { asAppError } from './passing-error.ts'
import { acquire } from './pools.ts'
import { type Sql, sql } from './sql.ts'
import { type Db, dbOn, open, rollback } from './transaction.ts'

const BEGIN = 'begin isolation level repeatable read read only'

let reading = 0

/**
 * Reads one state of the database for as long as the caller goes on asking; the transaction ends with the last row, or when
 * the caller stops. Throws DB_UNAVAILABLE, also when half of the pool is read from in this way: a slow reader keeps its connection.
 */
export async function* snapshot<T>(read: (db: Db) => AsyncGenerator<T>): AsyncGenerator<T, void> {
  const { tenantId } = actor()
  if (reading >= Math.max(1, Math.floor(config('DATABASE_POOL') / 2))) {
    throw new AppError('DB_UNAVAILABLE', 'Too many exports are being read at the moment; try again shortly.')
  }
  reading += 1
  try {
    const client = await acquire()
    try {
      const opened = open(client, { tenantId, begin: BEGIN, afterCommit: [] })
      yield* read(dbOn(client))
      await opened
    } catch (error) {
      throw asAppError(error)
    } finally {
      client.release(await rollback(client)) // nothing was written
    }
  } finally {
    reading -= 1
  }
}

/** What a select of `line text` finds, some hundred lines in memory at a time; one such reading at a time in a transaction. */
export async function* linesOf(db: Db, select: Sql): AsyncGenerator<string, void> {
  await db.query(sql`declare lines no scroll cursor for ${select}`)
  for (let page = await fetchLines(db); page.length > 0; page = await fetchLines(db)) {
    for (const { line } of page) yield line
  }
  await db.query(sql`close lines`)
}

const fetchLines = (db: Db): Promise<{ line: string }[]> => db.query(sql`fetch 500 from lines`)
