import type pg from 'pg'

export const ROWS_A_TENANT = 1_000
export const ALERTS_A_TENANT = 100
/** The day after the last one that has rows. */
export const LAST_DAY = '2026-11-20'

/** Ids that are made from a number, in SQL and here alike. */
export const tenantId = (number: number): string => `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
export const brandId = (number: number): string => `01900000-0000-7000-9000-${number.toString(16).padStart(12, '0')}`
export const orderId = (index: number): string => String(5_000_000_000 + index)

const ids = `('01900000-0000-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid as tenant_id,
  ('01900000-0000-7000-9000-' || lpad(to_hex(t), 12, '0'))::uuid as brand_id`

/**
 * Adds tenants first … last, each with a brand, 1,000 orders and 1,000 rows of the read model (200 days of five rows: the
 * store, two campaigns and their credit), interleaved as hourly syncs would store them. Foreign keys are not checked.
 */
export async function addTenants(admin: pg.Client, first: number, last: number): Promise<void> {
  await admin.query('set session_replication_role = replica')
  const tenants = `generate_series(${first}, ${last}) as t`
  await admin.query(`insert into tenants (id, company_name, created_at)
    select tenant_id, 'Tenant ' || t, now() from (select t, ${ids} from ${tenants}) s`)
  await admin.query(`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
    select tenant_id, brand_id, 'Brand', 'UTC', 'USD', now() from (select t, ${ids} from ${tenants}) s`)
  await admin.query(`insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id,
      currency, orders, units, new_customers, returning_customers, gross_micros, discounts_micros, returns_micros,
      adjustments_micros, net_micros, tax_micros, shipping_micros, spend_micros, impressions, clicks, version)
    select tenant_id, brand_id, date '${LAST_DAY}' - d, part, model, ledger, bucket, provider, campaign, 'USD',
      5, 10, 2, 3, 1e8::bigint + d, 1e6::bigint, 0, 0, 99e6::bigint, 8e6::bigint, 5e6::bigint, 3e7::bigint, 9000, 120, 1
    from (select d, t, ${ids} from generate_series(1, ${ROWS_A_TENANT / 5}) as d, ${tenants}) s,
      (values ('store', '', '', '', '', ''), ('ads', '', '', '', 'meta', 'c1'), ('ads', '', '', '', 'meta', 'c2'),
        ('credit', 'last', 'order', 'campaign', 'meta', 'c1'), ('credit', 'last', 'order', 'campaign', 'meta', 'c2'))
        as kind (part, model, ledger, bucket, provider, campaign)`)
  await admin.query(`insert into orders (tenant_id, brand_id, order_id, integration_id, name, created_at, processed_at, updated_at, day,
      is_test, financial_status, currency, units, gross_micros, discounts_micros, tax_micros, shipping_micros,
      gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
    select tenant_id, brand_id, (5000000000 + n)::text, brand_id, '#' || n, at, at, at, at::date, false, 'PAID', 'USD', 2,
      1e8::bigint, 0, 8e6::bigint, 5e6::bigint, 0, 0, 'none', md5(n::text), at
    from (select n, timestamptz '${LAST_DAY}' - n * interval '4 hours' as at, t, ${ids}
      from generate_series(0, ${ROWS_A_TENANT - 1}) as n, ${tenants}) s`)
  await admin.query(`insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, status, title, message, raised_at)
    select tenant_id, gen_random_uuid(), brand_id, 'spend_spike', 'cause ' || n, 'warning', 'resolved', 'Spend rose',
      'Spend is twice that of last week.', timestamptz '${LAST_DAY}' - n * interval '7 hours'
    from (select n, t, ${ids} from generate_series(1, ${ALERTS_A_TENANT}) as n, ${tenants}) s`)
  await admin.query('set session_replication_role = origin')
  await admin.query('vacuum analyze')
}
