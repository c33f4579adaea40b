import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import { eraseUser } from '../../../shared/warehouse/erase-user.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

/** What was on its way when a person was erased arrives within a day: until then it is done again. */
const SETTLED_MS = 86_400_000

/** Clears erased people's personal columns in their tenants' warehouses; where BigQuery does not take it yet, the next run does. */
export const eraseFromWarehouse: Chore = {
  name: 'erase-from-warehouse',
  run: (deadline) => forEachTenant(deadline, eraseDue, { of: 'all' }),
}

async function eraseDue(): Promise<void> {
  const { tenantId } = actor()
  const due = await transaction((db) =>
    db.query<{ user_id: string; asked_at: Date }>(
      sql`select user_id, asked_at from warehouse_erasures where tenant_id = ${tenantId} order by asked_at`,
    ),
  )
  for (const { user_id, asked_at } of due) {
    const isSettled = clock.now().getTime() - asked_at.getTime() >= SETTLED_MS
    if ((await eraseUser(tenantId, user_id)) && isSettled) await forget(user_id)
  }
}

const forget = (userId: string): Promise<unknown> =>
  transaction((db) =>
    db.query(sql`delete from warehouse_erasures where tenant_id = ${actor().tenantId} and user_id = ${userId}`),
  )
