import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Rows } from '../../shared/db/tables.ts'
import { type Handlers, handleEvent } from '../../shared/events/on-event.ts'
import { connector } from '../../shared/sync/connector.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { adDay, attribute, campaign, order, refund, touch, units } from '../functions/attribute-orders/shop.ts'
import { delivery } from '../functions/evaluate-alerts/deliveries.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { type Digest, digestOf, excludedColumns } from './digest.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'

const database = useDatabase()
useCloud()

/** A provider that sends these rows as its only page. */
const shopOf = (rows: Rows) =>
  connector({
    provider: 'shopify',
    credentials: z.object({ access_token: z.string() }),
    client: () => undefined,
    streams: [
      {
        name: 'orders',
        cursor: 'updated_at',
        lookback: { hourlyMs: 0, dailyMs: 0 },
        historyMs: null,
        read: async function* () {
          yield { rows, count: 1, resume: null, position: null }
        },
      },
    ],
  })

let hour = 0
/** A sync of an hour of its own, so that each one reads. */
const sync = (tenant: TestTenant, rows: Rows): Promise<void> => {
  hour += 1
  const dueAt = new Date(Date.UTC(2100, 0, 1, hour)).toISOString()
  return asSystem(tenant.tenantId, () =>
    syncConnection(shopOf(rows), requested(tenant, dueAt), { mustStop: () => false }),
  )
}

const day = '2026-11-02'
const children = { order_lines: [], refunds: [], refund_lines: [], touchpoints: [] }
/** The order and its children as the shop shows them in each of its versions. */
const paid: Rows = {
  orders: [order({ order_id: 'a', day, version: 1, customer_key: 'ann' })],
  ...children,
  touchpoints: [touch({ order_id: 'a', day, visit_id: 'v1', campaign_id_hint: 'c1' })],
}
const edited: Rows = {
  orders: [order({ order_id: 'a', day, version: 2, customer_key: 'ann', gross_micros: units(80) })],
  ...children,
  touchpoints: [touch({ order_id: 'a', day, visit_id: 'v2', campaign_id_hint: 'c1' })],
}
const refunded: Rows = {
  orders: [order({ order_id: 'a', day, version: 3, customer_key: 'ann', gross_micros: units(80) })],
  ...children,
  refunds: [refund({ order_id: 'a', day: '2026-11-03', refund_id: 'r1', returns_micros: units(30) })],
}
const spend = (fetched: string, amount: number): Rows => ({
  campaigns: [campaign({ campaign_id: 'c1', name: 'Autumn' })],
  ad_performance: [adDay({ campaign_id: 'c1', day, spend_micros: units(amount), fetched_at: `${day}T${fetched}:00Z` })],
})
const early = spend('09:00', 10)
const late = spend('21:00', 25)

/** Everything but what counts the syncs themselves. */
async function rowsDigest(tenant: TestTenant): Promise<Digest> {
  const { sync_state, sync_runs, observability_events, ...rest } = await digestOf(database, tenant)
  return rest
}

const messages = { paid, edited, refunded, early, late }
type Name = keyof typeof messages | 'attribute'

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]))

async function stateAfter(names: readonly Name[]): Promise<Digest> {
  const tenant = await connectedTenant(`${names.join(' ')} ${hour}`)
  for (const name of names) await (name === 'attribute' ? attribute(tenant) : sync(tenant, messages[name]))
  await attribute(tenant)
  return rowsDigest(tenant)
}

test('an older version of an order or an ad day that comes after the newer one changes nothing', async () => {
  const tenant = await connectedTenant('older')
  await sync(tenant, { ...refunded, ...late })
  await attribute(tenant)
  const before = await rowsDigest(tenant)
  for (const stale of [paid, edited, early]) await sync(tenant, stale)
  const touched = await database.asAdmin('select day from touched_days where tenant_id = $1', [tenant.tenantId])
  expect(touched).toEqual([])
  await attribute(tenant)
  expect(await rowsDigest(tenant)).toEqual(before)
})

test('of the same order the newer version counts, its children with it', async () => {
  const tenant = await connectedTenant('newer')
  await sync(tenant, paid)
  await sync(tenant, refunded)
  const rows = await database.asAdmin('select gross_micros from orders where tenant_id = $1', [tenant.tenantId])
  expect(rows).toEqual([{ gross_micros: String(units(80)) }])
  const touches = await database.asAdmin('select visit_id from touchpoints where tenant_id = $1', [tenant.tenantId])
  expect(touches).toEqual([])
})

/** FLOW_PERMUTATIONS=all tries all 720 (some minutes). */
const STEP = process.env.FLOW_PERMUTATIONS === 'all' ? 1 : 48

test('six messages of a brand’s hour in any order make the same rows, credits and read model', async () => {
  console.log(`compared without\n  ${excludedColumns()}\n  sync_state, sync_runs and facts, which tell of each sync`)
  const inOrder: Name[] = ['early', 'paid', 'edited', 'attribute', 'refunded', 'late']
  const wanted = await stateAfter(inOrder)
  // A stride that shares no factor with 720 walks over all parts of the list.
  const all = permutations(inOrder)
  const chosen = all.filter((_, at) => (at * 7) % STEP === 0)
  for (const names of chosen) expect(await stateAfter(names), names.join(', ')).toEqual(wanted)
  console.log(`${chosen.length} of ${all.length} orders of arrival`)
}, 600_000)

const shop = scriptedShop({ pages: 2, perPage: 260 })
const functions: Handlers = {
  'sync.requested.shopify': (event) => syncConnection(shop, event, { mustStop: () => false }),
}

test('a request of an hour that is done, late or again and again, changes nothing', async () => {
  const tenant = await connectedTenant('late')
  const connection = async () =>
    database.asAdmin('select last_synced_at, lease_until from integrations where integration_id = $1', [
      tenant.integrationId,
    ])
  const request = (dueAt: string) => {
    const { tenantId, integrationId } = tenant
    const data = { integration_id: integrationId, due_at: dueAt }
    return handleEvent('sync-shopify', functions, delivery('sync.requested.shopify', { tenantId, data }))
  }
  await request('2026-11-20T10:00:00.000Z')
  const before = [await digestOf(database, tenant), await connection()]
  for (let times = 0; times < 3; times += 1) await request('2026-11-20T10:00:00.000Z')
  expect([await digestOf(database, tenant), await connection()]).toEqual(before)
})
