import { v7 as uuidv7 } from 'uuid'
import { attributeBrand } from '../../../functions/attribute-orders/attribute.ts'
import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { Row, Rows } from '../../../shared/db/tables.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { prepareRows, upsertRows } from '../../../shared/db/upsert.ts'
import type { TestDatabase } from '../../support/database.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'

/** Whole units of the currency as micros. */
export const units = (amount: number): bigint => BigInt(Math.round(amount * 1_000_000))

type Given<T> = Partial<T> & { order_id: string; day: string }

/** An order at noon of its day: 100.00 gross in USD unless said. A later `version` of the same order replaces it. */
export function order({ version = 1, ...given }: Given<Row<'orders'>> & { version?: number }): Row<'orders'> {
  const noon = `${given.day}T12:00:00.000Z`
  return {
    name: null,
    source_name: 'web',
    created_at: noon,
    processed_at: noon,
    updated_at: new Date(Date.parse(noon) + version).toISOString(),
    cancelled_at: null,
    is_test: false,
    financial_status: 'PAID',
    fulfillment_status: null,
    currency: 'USD',
    presentment_currency: null,
    presentment_total_micros: null,
    customer_key: null,
    units: 1n,
    gross_micros: units(100),
    discounts_micros: 0n,
    tax_micros: 0n,
    shipping_micros: 0n,
    gift_cards_micros: 0n,
    adjustment_micros: 0n,
    adjustment_day: null,
    journey: 'ready',
    content_hash: `${given.order_id} ${version}`,
    fetched_at: noon,
    ...given,
  }
}

export const refund = (given: Given<Row<'refunds'>> & { refund_id: string }): Row<'refunds'> => ({
  created_at: `${given.day}T15:00:00.000Z`,
  units: 1n,
  returns_micros: units(100),
  adjustment_micros: 0n,
  tax_micros: 0n,
  refunded_micros: units(100),
  ...given,
})

/** A paid visit by Meta at 09:00 unless said. */
export const touch = (given: Given<Row<'touchpoints'>> & { visit_id: string }): Row<'touchpoints'> => ({
  occurred_at: `${given.day}T09:00:00.000Z`,
  bucket: 'paid',
  provider: given.bucket === undefined || given.bucket === 'paid' ? 'meta' : null,
  campaign_id_hint: null,
  campaign_name_hint: null,
  parameters: {},
  referrer_host: null,
  ...given,
})

export const campaign = (given: { campaign_id: string; name: string; provider?: string }): Row<'campaigns'> => ({
  provider: 'meta',
  account_id: 'act_1',
  status: 'ACTIVE',
  objective: null,
  daily_budget_micros: null,
  lifetime_budget_micros: null,
  currency: 'USD',
  started_at: null,
  stopped_at: null,
  updated_at: null,
  fetched_at: '2026-03-01T00:00:00.000Z',
  ...given,
})

export const adDay = (
  given: Partial<Row<'ad_performance'>> & { campaign_id: string; day: string },
): Row<'ad_performance'> => ({
  provider: 'meta',
  account_id: 'act_1',
  campaign_name: given.campaign_id,
  currency: 'USD',
  spend_micros: units(10),
  impressions: 1000n,
  clicks: 50n,
  claimed_conversions: '2.5',
  claimed_value_micros: units(80),
  fetched_at: `${given.day}T23:00:00.000Z`,
  ...given,
})

/** Stores rows as a sync does: the rows and the days they touched in one transaction. */
export const synced = (tenant: TestTenant, rows: Rows): Promise<void> =>
  asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      const { tenantId: tenant_id, brandId: brand_id, integrationId: integration_id } = tenant
      const { days } = await upsertRows(db, prepareRows(rows, { tenant_id, brand_id, integration_id }))
      await db.query(sql`insert into touched_days (tenant_id, brand_id, day, touched_at)
        select ${tenant_id}::uuid, ${brand_id}::uuid, day, ${clock.now()}::timestamptz from unnest(${days}::date[]) as day
        on conflict (tenant_id, brand_id, day) do update set touched_at = excluded.touched_at`)
    }),
  )

/** One delivery of rows.synced for the tenant's brand. */
export const attribute = ({ tenantId, brandId }: TestTenant, id = uuidv7()): Promise<void> =>
  asSystem(tenantId, () =>
    attributeBrand({
      id,
      type: 'rows.synced',
      tenantId,
      occurredAt: clock.now().toISOString(),
      data: { brand_id: brandId },
    }),
  )

/** Money and shares as the test reads them best: micros as units, numbers as numbers, null as null. */
export type Figures = Record<string, string | number | null>

const MICROS = /_micros$/
const NUMBERS = new Set([
  'orders',
  'units',
  'new_customers',
  'returning_customers',
  'incomplete',
  'impressions',
  'clicks',
  'claimed_conversions',
  'position',
])

export function figures(row: Record<string, unknown>): Figures {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const name = column.replace(MICROS, '')
      if (value === null) return [name, null]
      if (name !== column) return [name, Number(value) / 1e6]
      return [column, NUMBERS.has(column) ? Number(value) : String(value)]
    }),
  )
}

/** Looks at the tables from behind the walls. */
export const tablesOf = (database: TestDatabase, { tenantId, brandId }: TestTenant) => {
  const select = async (columns: string, from: string): Promise<Figures[]> =>
    (
      await database.asAdmin(`select ${columns.replaceAll(/\b(\w*day)\b/g, '$1::text')} from ${from}`, [
        tenantId,
        brandId,
      ])
    ).map(figures)
  const own = 'where tenant_id = $1 and brand_id = $2'
  return {
    /** By the last touch unless said. */
    credits: (columns: string, model = 'last') =>
      select(columns, `order_attributions ${own} and model = '${model}' order by order_id, entry, position`),
    store: (columns: string) => select(columns, `unified_performance ${own} and part = 'store' order by day`),
    ads: (columns: string) => select(columns, `unified_performance ${own} and part = 'ads' order by day, campaign_id`),
    /** By the last touch unless said. */
    ledger: (name: 'order' | 'touch', columns: string, model = 'last') =>
      select(
        columns,
        `unified_performance ${own} and part = 'credit' and ledger = '${name}' and model = '${model}' order by day, bucket, campaign_id`,
      ),
    customers: (columns: string) => select(columns, `customers ${own} order by customer_key`),
    touched: () => select('day', `touched_days ${own} order by day`),
  }
}
