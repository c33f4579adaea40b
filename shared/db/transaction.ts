import type pg from 'pg'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import { log, logError } from '../log.ts'
import { actor } from '../tenant.ts'
import { asAppError } from './passing-error.ts'
import { acquire, type Database } from './pools.ts'
import { pauseReplica, replicaServes } from './replica.ts'
import type { Sql } from './sql.ts'
import { gatherWrites, preparedAs } from './wire.ts'

/** A connection inside one transaction, on behalf of one tenant. Not usable after the transaction's function returns. */
export type Db = {
  /** All rows. bigint arrives as bigint, numeric and date as text, timestamptz as Date. */
  query<Row>(statement: Sql): Promise<Row[]>
  /** The only row, or null. */
  one<Row>(statement: Sql): Promise<Row | null>
  /** Sends a statement that nothing waits for before the commit, which goes out with it; its rows are `seen` before that returns. */
  last<Row>(statement: Sql, seen?: (rows: Row[]) => void): void
  /** Runs after a successful commit, before transaction() returns (unless put aside); failures are logged, never thrown. */
  afterCommit(work: () => Promise<void>): void
}

/** Narrow roles that the function's own role may step down to. */
export type NarrowRole = 'pulsepoint_events' | 'pulsepoint_operator' | 'pulsepoint_eraser' | 'pulsepoint_rates'

/**
 * The only way to a connection: BEGIN, the actor's tenant (and, if named, a narrower role), the work, COMMIT. BEGIN and
 * the settings travel with the work's first statement in one round trip; if they fail, so does everything after them.
 * Throws NO_ACTOR outside runAs(), DB_UNAVAILABLE when Postgres cannot be reached or asks to try again. What follows the
 * commit is awaited, or put on the list `aside`: whoever gives one awaits it before the request ends.
 */
export async function transaction<T>(
  work: (db: Db) => Promise<T>,
  { aside, ...options }: { role?: NarrowRole; aside?: Promise<void>[] } = {},
): Promise<T> {
  const afterCommit: (() => Promise<void>)[] = []
  const opening = { tenantId: actor().tenantId, ...options, afterCommit }
  const result =
    replicaServes() && !options.role ? await preferReplica(work, opening) : await inTransaction(work, opening)
  // The connection is back in the pool by now: what follows a commit may need one of its own.
  const following = followed(afterCommit)
  if (aside) aside.push(following)
  else await following
  return result
}

async function followed(afterCommit: readonly (() => Promise<void>)[]): Promise<void> {
  const failed = (error: unknown): void => logError('Work after a commit failed; the relay will do it.', error)
  await Promise.all(afterCommit.map((follow) => follow().catch(failed)))
}

/** `begin` where it is to be another kind of transaction. */
export type Opening = {
  tenantId: string
  role?: NarrowRole
  begin?: string
  on?: Database
  afterCommit: (() => Promise<void>)[]
}

/** Reads can be done twice: what the replica cannot answer the primary does. */
async function preferReplica<T>(work: (db: Db) => Promise<T>, opening: Opening): Promise<T> {
  try {
    return await inTransaction(work, { ...opening, on: 'replica', begin: 'begin read only' })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DB_UNAVAILABLE') throw error
    pauseReplica()
    log('WARNING', 'The replica does not answer; reads go to the primary for a while.')
    return await inTransaction(work, opening)
  }
}

async function inTransaction<T>(work: (db: Db) => Promise<T>, opening: Opening): Promise<T> {
  const client = await acquire(opening.on)
  let broken: Error | undefined
  try {
    const opened = open(client, opening)
    const sent: Promise<void>[] = []
    const result = await work(dbOn(client, { ...opening, sent }))
    const committed = commit(client)
    committed.catch(() => undefined) // what made it fail is told first
    await Promise.all([opened, ...sent])
    await committed
    return result
  } catch (error) {
    broken = await rollback(client)
    throw asAppError(error)
  } finally {
    client.release(broken)
  }
}

/** For code that knows no tenant yet (shared/db/resolve.ts only): one statement, no tenant set, so policies show nothing. */
export async function withoutTenant<Row>(statement: Sql): Promise<Row[]> {
  const client = await acquire()
  try {
    const { rows } = await client.query({ text: statement.text, values: [...statement.values] })
    return rows
  } catch (error) {
    throw asAppError(error)
  } finally {
    client.release()
  }
}

/** One statement in a transaction of its own, all of it in one round trip. */
export async function inOneTrip<Row>(statement: Sql): Promise<Row[]> {
  const { tenantId } = actor()
  const client = await acquire()
  let broken: Error | undefined
  try {
    const opened = open(client, { tenantId, afterCommit: [] })
    const done = dbOn(client).query<Row>(statement)
    const [, rows] = await Promise.all([opened, done, client.query('commit')])
    return rows
  } catch (error) {
    broken = await rollback(client)
    throw asAppError(error)
  } finally {
    client.release(broken)
  }
}

/** With dbOn() and rollback() the parts of a transaction; only shared/db puts them together. */
export function open(client: pg.PoolClient, to: Opening): Promise<unknown> {
  gatherWrites(client)
  const opened = Promise.all([
    client.query(to.begin ?? 'begin'),
    client.query({ name: 'set-tenant', text: "select set_config('app.tenant_id', $1, true)", values: [to.tenantId] }),
    to.role && client.query({ name: 'set-role', text: "select set_config('role', $1, true)", values: [to.role] }),
  ])
  opened.catch(() => undefined) // awaited after the work; until then a failure must not count as unhandled
  return opened
}

type Gathered = { afterCommit: (() => Promise<void>)[]; sent: Promise<void>[] }

export const dbOn = (client: pg.PoolClient, { afterCommit, sent }: Gathered = { afterCommit: [], sent: [] }): Db => {
  const query = async <Row>(statement: Sql): Promise<Row[]> => {
    const { rows } = await effect(`sql ${statement.text.trim().slice(0, 60)}`, () => {
      gatherWrites(client)
      return client.query({ ...preparedAs(statement.text), text: statement.text, values: [...statement.values] })
    })
    return rows
  }
  return {
    query,
    one: async <Row>(statement: Sql) => (await query<Row>(statement))[0] ?? null,
    last: <Row>(statement: Sql, seen?: (rows: Row[]) => void) => {
      const done = query<Row>(statement).then(seen ?? (() => undefined))
      done.catch(() => undefined) // awaited with the commit
      sent.push(done)
    },
    afterCommit: (work) => afterCommit.push(work),
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await effect('sql commit', () => client.query('commit'))
  // Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (command !== 'COMMIT') throw new AppError('INTERNAL', 'The transaction had failed before its commit.')
}

/** Returns the error that makes the connection unusable, if any. */
export async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
