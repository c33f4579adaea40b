import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { forgetConfig } from '../../shared/config.ts'
import { endPool } from '../../shared/db/pools.ts'

export type TestDatabase = {
  /** Connection URL of a role to this file's own database. */
  url(role: string): string
  /** A superuser's view, for arranging and for looking behind the walls. Rows of the last statement. */
  asAdmin<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** Makes the product's pool connect as this role from now on (default: pulsepoint_app). */
  connectAs(role: string): Promise<void>
}

/** A database of this test file's own, cloned from the migrated template; the product's pool points to it. */
export function useDatabase(): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`
  let admin: pg.Client | undefined
  const urlTo = (role: string, database: string): string => {
    const url = new URL(inject('adminUrl'))
    url.username = role
    url.password = inject('password')
    url.pathname = `/${database}`
    return url.href
  }
  const connectAs = async (role: string): Promise<void> => {
    await endPool()
    process.env.DATABASE_URL = urlTo(role, name)
    forgetConfig()
  }
  beforeAll(async () => {
    await onServer(urlTo('postgres', 'postgres'), `create database ${name} template pulsepoint strategy file_copy`)
    admin = new pg.Client({ connectionString: urlTo('postgres', name) })
    await admin.connect()
    await connectAs('pulsepoint_app')
  })
  afterAll(async () => {
    await endPool()
    await admin?.end()
    await onServer(urlTo('postgres', 'postgres'), `drop database ${name} with (force)`)
  })
  return {
    url: (role) => urlTo(role, name),
    connectAs,
    asAdmin: async (text, values = []) => {
      if (!admin) throw new Error('asAdmin before beforeAll')
      const { rows } = await admin.query(text, values)
      return rows
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
