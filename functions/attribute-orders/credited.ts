import { EVERY_MODEL } from '../../shared/attribution/credit.ts'
import { MODELS } from '../../shared/attribution/models.ts'
import { type Sql, sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

const NAMES = MODELS.map(({ name }) => name)

/**
 * A row per model, ledger and earner: what the day's orders, or the day's touches, were credited with. What all models
 * say is stored once and counted with each of them.
 */
export const insertCredits = (
  db: Db,
  { tenant_id, brand_id, currency, days, version }: Brand & { days: readonly string[]; version: bigint },
): Promise<unknown> => {
  const ledger = (name: string, day: Sql): Sql => sql`
    select ${name} as ledger, ${day} as day, model, bucket, provider, campaign_id, orders, new_customers, net_micros, currency = ${currency} as mine
    from order_attributions where tenant_id = ${tenant_id} and brand_id = ${brand_id} and ${day} = any(${days}::date[])`
  return db.query(sql`
    with credited as (
      select day, model, ledger, bucket, provider, campaign_id, count(*) filter (where not mine) as incomplete,
        sum(orders) filter (where mine) as orders, sum(new_customers) filter (where mine) as new_customers,
        sum(net_micros) filter (where mine) as net_micros
      from (${ledger('order', sql`order_ledger_day`)} union all ${ledger('touch', sql`touch_ledger_day`)}) credit
      group by day, model, ledger, bucket, provider, campaign_id
    )
    insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, version,
      incomplete, orders, new_customers, net_micros)
    select ${tenant_id}::uuid, ${brand_id}::uuid, day, 'credit', told.model, ledger, bucket, provider, campaign_id, ${currency}, ${version},
      sum(incomplete), sum(orders), sum(new_customers), sum(net_micros)
    from credited c cross join lateral unnest(case when c.model = ${EVERY_MODEL} then ${NAMES}::text[] else array[c.model] end) as told (model)
    group by day, told.model, ledger, bucket, provider, campaign_id`)
}
