import pg from 'pg'
import { AppError } from '../errors.ts'

/** SQLSTATEs after which the same may succeed. */
const RETRYABLE = new Set([
  '40001',
  '40P01',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '55P03',
  '25006',
  '53100',
])

/** An error of Postgres or of its connection that will pass as DB_UNAVAILABLE; any other as it is. */
export function asAppError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.code !== undefined && RETRYABLE.has(error.code)) {
    return new AppError('DB_UNAVAILABLE', 'The database asked to try again shortly.', { cause: error })
  }
  if (
    error instanceof Error &&
    /Connection terminated|ECONNRE|EPIPE|not queryable|Connection ended/i.test(error.message)
  ) {
    return new AppError('DB_UNAVAILABLE', 'The database connection ended; try again shortly.', { cause: error })
  }
  return error
}
