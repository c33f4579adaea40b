import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

/** Keeps today's stock of every tracked variant; the day's first snapshot stands. A day that is missed stays unknown. */
export const snapshotInventory: Chore = {
  name: 'snapshot-inventory',
  run: (deadline) => forEachTenant(deadline, takeSnapshots, { of: 'working' }),
}

/** Of all brands of the actor's tenant, each on its own day. */
export async function takeSnapshots(): Promise<void> {
  const { tenantId } = actor()
  const now = clock.now()
  await transaction((db) =>
    db.query(sql`
      insert into inventory_daily (tenant_id, brand_id, day, variant_id, available, on_hand, incoming, taken_at)
      select v.tenant_id, v.brand_id, (${now}::timestamptz at time zone b.time_zone)::date, v.variant_id,
        sum(coalesce(l.available, 0)), sum(coalesce(l.on_hand, 0)), sum(coalesce(l.incoming, 0)), ${now}
      from brands b
        join variants v on v.tenant_id = b.tenant_id and v.brand_id = b.brand_id
        join inventory_levels l on l.tenant_id = v.tenant_id and l.brand_id = v.brand_id and l.inventory_item_id = v.inventory_item_id
      where b.tenant_id = ${tenantId} and v.tracked
      group by v.tenant_id, v.brand_id, b.time_zone, v.variant_id
      on conflict do nothing`),
  )
}
