import type { Credit } from '../../shared/attribution/credit.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

/**
 * Makes these the only credits of the orders, writing and deleting only what differs. Returns the days, of either
 * ledger, on which a credit came, changed or went.
 */
export async function saveCredits(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { orderIds, credits }: { orderIds: readonly string[]; credits: readonly Credit[] },
): Promise<string[]> {
  const rows = JSON.stringify(credits.map((credit) => ({ ...credit, net_micros: credit.net_micros.toString() })))
  const days = await db.query<{ day: string }>(sql`
    with wanted as materialized (
      select * from jsonb_to_recordset(${rows}::jsonb) as r (order_id text, model text, entry text, position integer,
        bucket text, provider text, campaign_id text, order_ledger_day date, touch_ledger_day date,
        orders numeric, new_customers numeric, net_micros bigint, currency text)
    ), gone as (
      delete from order_attributions t
      where t.tenant_id = ${tenant_id} and t.brand_id = ${brand_id} and t.order_id = any(${orderIds}::text[])
        and (t.order_id, t.model, t.entry, t.position) not in (select w.order_id, w.model, w.entry, w.position from wanted w)
      returning t.order_ledger_day, t.touch_ledger_day
    ), written as (
      insert into order_attributions as t (tenant_id, brand_id, order_id, model, entry, position, bucket, provider, campaign_id,
        order_ledger_day, touch_ledger_day, orders, new_customers, net_micros, currency)
      select ${tenant_id}::uuid, ${brand_id}::uuid, order_id, model, entry, position, bucket, provider, campaign_id,
        order_ledger_day, touch_ledger_day, orders, new_customers, net_micros, currency from wanted
      on conflict (tenant_id, brand_id, order_id, model, entry, position) do update set
        bucket = excluded.bucket, provider = excluded.provider, campaign_id = excluded.campaign_id,
        order_ledger_day = excluded.order_ledger_day, touch_ledger_day = excluded.touch_ledger_day,
        orders = excluded.orders, new_customers = excluded.new_customers, net_micros = excluded.net_micros, currency = excluded.currency
      where (t.bucket, t.provider, t.campaign_id, t.order_ledger_day, t.touch_ledger_day, t.orders, t.new_customers, t.net_micros, t.currency)
        is distinct from (excluded.bucket, excluded.provider, excluded.campaign_id, excluded.order_ledger_day,
          excluded.touch_ledger_day, excluded.orders, excluded.new_customers, excluded.net_micros, excluded.currency)
      returning old.order_ledger_day as old_order_day, old.touch_ledger_day as old_touch_day,
        new.order_ledger_day as new_order_day, new.touch_ledger_day as new_touch_day
    )
    select distinct day from (
      select unnest(array[order_ledger_day, touch_ledger_day]) as day from gone
      union all
      select unnest(array[old_order_day, old_touch_day, new_order_day, new_touch_day]) from written
    ) changed where day is not null`)
  return days.map((row) => row.day)
}
