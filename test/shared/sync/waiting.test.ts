import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import { type Connector, connector, DAY_MS, MINUTE_MS, type Page, type Stream } from '../../../shared/sync/connector.ts'
import type { WorkRequested } from '../../../shared/sync/request.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { backfillRequested, connectedTenant, requested } from '../../flow/scripted.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { order } from '../../support/rows.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const cloud = useCloud()

const WAIT_MS = 40_000
let tenant: TestTenant
let counter = 0
/** What was asked of the provider: the stream and where it went on. */
let asked: string[] = []
let reportIsReady = false

const page = (at: number, rest: Partial<Page>): Page => ({
  rows: { orders: [order(`${at}`)] },
  count: 1,
  resume: null,
  position: null,
  ...rest,
})
const stream = (name: string, read: Stream<unknown>['read']): Stream<unknown> => ({
  name,
  cursor: 'updated_at',
  lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: DAY_MS },
  historyMs: null,
  read,
})
/** Its first stream has a report made, which takes a while; the second is plain. */
const slow = connector({
  provider: 'shopify',
  credentials: z.object({ access_token: z.string() }),
  client: () => undefined,
  streams: [
    stream('reports', async function* (_client, { resume }) {
      asked.push(`reports ${resume}`)
      yield reportIsReady ? page(2, {}) : page(1, { resume: 'report-7', waitMs: WAIT_MS })
    }),
    stream('plain', async function* () {
      asked.push('plain')
      yield page(3, {})
    }),
  ],
}) as Connector // its streams read with any client, even none

const run = (event: WorkRequested): Promise<void> =>
  asSystem(tenant.tenantId, () => syncConnection(slow, event, { mustStop: () => false }))
const rowsOf = (table: string): Promise<Record<string, unknown>[]> =>
  database.asAdmin(`select * from ${table} where tenant_id = $1`, [tenant.tenantId])
const orders = async () => (await rowsOf('orders')).map(({ order_id }) => order_id).sort()
const hour = () => requested(tenant, clock.now().toISOString())
/** As if the provider's time were over. */
const passWait = () =>
  database.asAdmin("update sync_state set wait_until = wait_until - interval '1 minute' where tenant_id = $1", [
    tenant.tenantId,
  ])

beforeEach(async () => {
  counter += 1
  tenant = await connectedTenant(`slow-${counter}`)
  asked = []
  reportIsReady = false
})

describe('a provider that is still at work', () => {
  it.each(['hourly', 'backfill'])(
    'is left alone; the %s run reads its other streams, frees the connection and notes no error',
    async (kind) => {
      await run(kind === 'hourly' ? hour() : backfillRequested(tenant, uuidv7()))
      expect(asked).toEqual(['reports null', 'plain'])
      expect(await orders()).toEqual(['1', '3'])
      expect(await rowsOf('sync_runs')).toMatchObject([{ kind, status: 'continued', error_code: null }])
      expect(await rowsOf('integrations')).toMatchObject([
        { status: 'active', lease_until: null, sync_error_code: null, last_synced_at: null },
      ])
    },
  )

  it('is asked again when it said, by the continuation, which goes on there and completes the run', async () => {
    const event = hour()
    const before = clock.now().getTime()
    const delayed = cloud.current().idle().tasks
    await run(event)
    expect(cloud.current().idle().tasks).toBe(delayed + 1)
    const [state] = (await rowsOf('sync_state')).filter(({ stream }) => stream === 'reports')
    expect(state).toMatchObject({ resume: 'report-7', complete_until: null })
    expect(Number(state?.wait_until)).toBeGreaterThanOrEqual(before + WAIT_MS)
    await passWait()
    reportIsReady = true
    asked = []
    await run(event)
    expect(asked).toEqual(['reports report-7'])
    expect(await orders()).toEqual(['1', '2', '3'])
    expect(await rowsOf('sync_runs')).toMatchObject([{ status: 'completed', rows_read: '3' }])
  })

  it('is not asked before, by whomever: a sync that a person wants meanwhile reads the rest and waits too', async () => {
    await run(hour())
    asked = []
    const manual = hour()
    await run({ ...manual, data: { ...manual.data, run_id: uuidv7() } })
    expect(asked).toEqual(['plain'])
  })
})
