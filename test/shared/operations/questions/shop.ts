import { sql } from '../../../../shared/db/sql.ts'
import { transaction } from '../../../../shared/db/transaction.ts'
import type { TestDatabase } from '../../../support/database.ts'
import { asSystem, type TestTenant } from '../../../support/tenants.ts'
import { type Written, writeReadModel } from '../analytics/read-model.ts'

const DAY_MS = 86_400_000
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)

/** Sixty days of sales and two campaigns, `names` of which a test may choose. */
export async function openShop(database: TestDatabase, tenant: TestTenant, names: readonly string[]): Promise<void> {
  const rows = Array.from({ length: 60 }, (_, back): Written[] => [
    {
      part: 'store',
      day: dayBefore(back),
      orders: 3,
      units: 5,
      new_customers: 1,
      returning_customers: 1,
      gross_micros: 310,
      discounts_micros: 10,
      returns_micros: 0,
      net_micros: 300 - back,
      tax_micros: 0,
      shipping_micros: 0,
      cogs_micros: 90,
      new_net_micros: 100,
    },
    ...names.flatMap((_, at): Written[] => [
      {
        part: 'ads',
        day: dayBefore(back),
        provider: 'meta',
        campaign_id: String(100 + at),
        spend_micros: 40 + at,
        impressions: 900,
        clicks: 30 + at,
        claimed_conversions: 2,
        claimed_value_micros: 90,
      },
      {
        part: 'credit',
        day: dayBefore(back),
        model: 'last',
        ledger: 'touch',
        bucket: 'campaign',
        provider: 'meta',
        campaign_id: String(100 + at),
        orders: 1,
        new_customers: 1,
        net_micros: 90 + 7 * at,
      },
    ]),
  ])
  await writeReadModel(database, tenant, rows.flat())
  await asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      for (const [at, name] of names.entries()) {
        await db.query(sql`
          insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, currency, fetched_at)
          values (${tenant.tenantId}, ${tenant.brandId}, 'meta', ${String(100 + at)}, 'a1', ${name}, 'USD', now())`)
      }
    }),
  )
}
