import pg from 'pg'

const UNIQUE_VIOLATION = '23505'

/** Whether a statement failed because this unique constraint has the key already. Its transaction is over. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint
