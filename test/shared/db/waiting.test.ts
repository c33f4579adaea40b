import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { endPool, waitPatiently } from '../../../shared/db/pools.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

useDatabase()

const limits = { DATABASE_POOL: '1', DATABASE_WAIT_MS: '100' }
beforeEach(async () => {
  Object.assign(process.env, limits)
  forgetConfig()
  await endPool()
})
afterEach(async () => {
  for (const name of Object.keys(limits)) delete process.env[name]
  forgetConfig()
  await endPool()
})

/** Two transactions at once over one connection, each longer than a front waits. */
const two = async (tenantId: string) => {
  const long = () => asSystem(tenantId, () => transaction((db) => db.query(sql`select pg_sleep(0.3)`)))
  return (await Promise.allSettled([long(), long()])).map(({ status }) => status)
}

it('a front does not wait long for a connection; a worker waits for its turn', async () => {
  const { tenantId } = await createTenant('waits')
  expect(await two(tenantId)).toEqual(['fulfilled', 'rejected'])
  await endPool()
  waitPatiently()
  expect(await two(tenantId)).toEqual(['fulfilled', 'fulfilled'])
})
