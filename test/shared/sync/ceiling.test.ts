import { expect, it } from 'vitest'
import * as z from 'zod'
import { transaction } from '../../../shared/db/transaction.ts'
import { writeSettings } from '../../../shared/operations/settings/write.ts'
import { connector, DAY_MS, MINUTE_MS } from '../../../shared/sync/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { connectedTenant, requested } from '../../flow/scripted.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { order } from '../../support/rows.ts'
import { asSystem } from '../../support/tenants.ts'

const database = useDatabase()
const cloud = useCloud()

const PAGES = 4
const made: number[] = []
const polite = connector({
  provider: 'shopify',
  credentials: z.object({ access_token: z.string() }),
  client: (_, { mayCall }) => mayCall,
  streams: [
    {
      name: 'orders',
      cursor: 'updated_at',
      lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: DAY_MS },
      historyMs: null,
      read: async function* (mayCall, { resume }) {
        for (let at = Number(resume ?? 0); at < PAGES; at += 1) {
          await mayCall()
          made.push(at)
          const orders = Array.from({ length: 250 }, (_, n) => order(`${at}-${n}`))
          yield { rows: { orders }, count: 250, resume: at + 1 < PAGES ? at + 1 : null, position: null }
        }
      },
    },
  ],
})

it('a brand’s ceiling holds its connection until there is room: what was read is kept and the rest comes later', async () => {
  const tenant = await connectedTenant('careful')
  const run = () =>
    asSystem(tenant.tenantId, () => syncConnection(polite, requested(tenant), { mustStop: () => false }))
  const ceiling = (call_ceilings: object | null) =>
    asSystem(tenant.tenantId, () => transaction((db) => writeSettings(db, { call_ceilings }, tenant.brandId)))
  await ceiling({ shopify: { calls: 2, per: 'day' }, meta: { calls: 1, per: 'day' } })
  const delayed = cloud.current().idle().tasks
  await run()
  expect(made).toEqual([0, 1])
  expect(await database.asAdmin('select status, error_code, rows_written from sync_runs')).toEqual([
    { status: 'continued', error_code: 'PROVIDER_RATE_LIMITED', rows_written: '500' },
  ])
  expect(cloud.current().idle().tasks).toBe(delayed + 1)
  await ceiling(null)
  await run()
  expect(made).toEqual([0, 1, 2, 3])
})
