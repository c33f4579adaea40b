import { type Sql, sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

/** A row per model, ledger and earner: what the day's orders, or the day's touches, were credited with. */
export const insertCredits = (
  db: Db,
  { tenant_id, brand_id, currency, days, version }: Brand & { days: readonly string[]; version: bigint },
): Promise<unknown> => {
  const ledger = (name: string, day: Sql): Sql => sql`
    select ${name} as ledger, ${day} as day, model, bucket, provider, campaign_id, orders, new_customers, net_micros, currency = ${currency} as mine
    from order_attributions where tenant_id = ${tenant_id} and brand_id = ${brand_id} and ${day} = any(${days}::date[])`
  return db.query(sql`
    insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, version,
      incomplete, orders, new_customers, net_micros)
    select ${tenant_id}::uuid, ${brand_id}::uuid, day, 'credit', model, ledger, bucket, provider, campaign_id, ${currency}, ${version},
      count(*) filter (where not mine), sum(orders) filter (where mine), sum(new_customers) filter (where mine), sum(net_micros) filter (where mine)
    from (${ledger('order', sql`order_ledger_day`)} union all ${ledger('touch', sql`touch_ledger_day`)}) credit
    group by day, model, ledger, bucket, provider, campaign_id`)
}
