import pg from 'pg'
import type { LocalPostgres } from './postgres.ts'

/** Runs the work on a superuser's connection: to look behind the walls, which local tools may. */
export async function asAdmin<T>(postgres: LocalPostgres, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: postgres.adminUrl })
  client.on('error', () => undefined) // PostgreSQL is being stopped; the statement under way says so itself
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
