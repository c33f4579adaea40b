import pg from 'pg'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { logError } from '../log.ts'
import { addressOf } from './address.ts'
import { replicaAnswers } from './replica.ts'

export type Database = 'primary' | 'replica'

/** The primary has everything, so that this one is not waited for. */
const REPLICA_ACQUIRE_TIMEOUT_MS = 1_000
const STATEMENT_TIMEOUT_MS = 60_000
const PATIENCE = 24
const pools = new Map<Database, pg.Pool>()
let isPatient = false

/**
 * For a process that nobody waits for: many brands' long transactions share its few connections, and each waits for its turn
 * instead of failing until it is a dead letter. To be called before the first transaction.
 */
export const waitPatiently = (): void => {
  isPatient = true
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === pg.types.builtins.INT8) return BigInt
    if (oid === pg.types.builtins.DATE) return String
    return pg.types.getTypeParser(oid, format)
  },
}

function connections(to: Database): pg.Pool {
  const known = pools.get(to)
  if (known) return known
  const pool = new pg.Pool({
    ...addressOf((to === 'replica' ? config('DATABASE_REPLICA_URL') : undefined) ?? config('DATABASE_URL')),
    max: config('DATABASE_POOL'),
    connectionTimeoutMillis:
      to === 'replica' ? REPLICA_ACQUIRE_TIMEOUT_MS : config('DATABASE_WAIT_MS') * (isPatient ? PATIENCE : 1),
    idleTimeoutMillis: 300_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: 20_000,
    pipeline: true,
    types,
  })
  pool.on('error', (error) => logError('An idle database connection ended.', error))
  // While it is lent out nobody else listens, and an unheard error ends the process; its statements fail by themselves.
  pool.on('connect', (client) => client.on('error', () => undefined))
  pools.set(to, pool)
  return pool
}

/** Only shared/db asks for one, and gives it back. Throws DB_UNAVAILABLE. */
export async function acquire(from: Database = 'primary'): Promise<pg.PoolClient> {
  try {
    return await connections(from).connect()
  } catch (cause) {
    throw new AppError('DB_UNAVAILABLE', 'The database cannot be reached right now; try again shortly.', { cause })
  }
}

/** Ends the pools; the next transaction opens a new one. */
export async function endPool(): Promise<void> {
  const ended = [...pools.values()]
  pools.clear()
  replicaAnswers()
  await Promise.all(ended.map((pool) => pool.end()))
}
