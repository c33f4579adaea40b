import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

/** A year of them, up to yesterday; each day has as many orders as any other. */
export const DAYS = 365
export const TOUCHES_AN_ORDER = 3

type Wanted = { orders: number; campaigns: number }

/**
 * A tenant with a year of orders as syncs would have left them, nothing attributed yet: a line and three touches in the 30
 * days before each, of five in which three are paid; a refund for one in twenty; three customers for four orders; spend for
 * every campaign on every day. All from numbers, the same each time.
 */
export async function addStore(admin: pg.Client, { orders, campaigns }: Wanted): Promise<TestTenant> {
  const tenant = await createTenant(`bench-${uuidv7()}`)
  const owner = `'${tenant.tenantId}'::uuid as tenant_id, '${tenant.brandId}'::uuid as brand_id`
  await admin.query('set session_replication_role = replica')
  await admin.query(`insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, currency, fetched_at)
    select ${owner}, ${providerOf('c')}, 'c' || c, 'a', 'Campaign ' || c, 'USD', now() from generate_series(0, ${campaigns - 1}) as c`)
  await admin.query(`insert into ad_performance (tenant_id, brand_id, provider, campaign_id, day, account_id, campaign_name, currency,
      spend_micros, impressions, clicks, claimed_conversions, claimed_value_micros, fetched_at)
    select ${owner}, ${providerOf('c')}, 'c' || c, current_date - d, 'a', 'Campaign ' || c, 'USD', (40 + (c * 7 + d) % 60) * 1e6, 9000, 120, 2.5, 9e7, now()
    from generate_series(0, ${campaigns - 1}) as c, generate_series(1, ${DAYS}) as d`)
  await admin.query(`insert into orders (tenant_id, brand_id, order_id, integration_id, name, created_at, processed_at, updated_at, day,
      is_test, financial_status, currency, customer_key, units, gross_micros, discounts_micros, tax_micros, shipping_micros,
      gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
    select ${owner}, (5000000000 + n)::text, '${tenant.integrationId}'::uuid, '#' || n, at, at, at, at::date, false, 'PAID', 'USD',
      md5((n * 7919::bigint % greatest(1, ${orders} * 3 / 4))::text), 2, (20 + n % 180) * 1e6, n % 3 * 1e6, 8e6, 5e6, 0, 0, 'ready', md5(n::text), at
    from (select n, (current_date - ((n % ${DAYS}) + 1)::int) + n % 86400 * interval '1 second' as at from generate_series(0, ${orders - 1}) as n) s`)
  const own = `tenant_id = '${tenant.tenantId}' and brand_id = '${tenant.brandId}'`
  await admin.query(`insert into order_lines (tenant_id, brand_id, order_id, line_id, product_id, title, quantity, current_quantity, gross_micros,
      discount_micros, tax_micros, is_gift_card, unit_cost_micros)
    select tenant_id, brand_id, order_id, '1', 'p' || order_id::bigint % 200, 'Product', 2, 2, gross_micros, discounts_micros, 8e6, false, 7e6
    from orders where ${own}`)
  await admin.query(`insert into refunds (tenant_id, brand_id, order_id, refund_id, created_at, day, units, returns_micros, adjustment_micros,
      tax_micros, refunded_micros)
    select tenant_id, brand_id, order_id, 'r', processed_at + interval '5 days', day + 5, 1, 10e6, 0, 0, 10e6
    from orders where ${own} and order_id::bigint % 20 = 0 and day + 5 < current_date`)
  await admin.query(`insert into touchpoints (tenant_id, brand_id, order_id, visit_id, occurred_at, day, bucket, provider, campaign_id_hint, parameters)
    select tenant_id, brand_id, order_id, k::text, at, at::date, bucket, case bucket when 'paid' then ${providerOf('c')} end,
      case bucket when 'paid' then 'c' || c end, '{}'
    from (select tenant_id, brand_id, order_id, k, processed_at - ((n * 13 + k * 101) % 29 + 1) * interval '1 day' - k * interval '1 hour' as at,
        (array['paid', 'paid', 'paid', 'organic', 'email'])[(n + k * k) % 5 + 1] as bucket, (n * k * 31 + n / 7) % ${campaigns} as c
      from (select tenant_id, brand_id, order_id, processed_at, order_id::bigint - 5000000000 as n from orders where ${own}) o,
        generate_series(1, ${TOUCHES_AN_ORDER}) as k) touches`)
  await admin.query(`insert into touched_days (tenant_id, brand_id, day, touched_at)
    select ${owner}, current_date - d, now() from generate_series(0, ${DAYS}) as d`)
  await admin.query('set session_replication_role = origin')
  await admin.query('vacuum analyze')
  return tenant
}

const providerOf = (campaign: string): string => `(array['meta', 'tiktok', 'google-ads'])[${campaign} % 3 + 1]`
