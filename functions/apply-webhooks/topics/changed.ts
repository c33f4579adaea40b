import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToConnection } from '../topic.ts'

/** The next tick of the scheduler asks for the sync, so that all that changes within a minute is one sync. */
export const shopChanged: ApplyToConnection = async (db, { integration_id }, { occurredAt }) => {
  await makeDue(db, { integrationIds: [integration_id], at: occurredAt })
  return undefined
}

/**
 * Makes active connections due at that instant, if they are not due earlier. The instant is the event's own: delivered
 * again it asks for the same hour again, which is complete by then.
 */
export async function makeDue(
  db: Db,
  { integrationIds, at }: { integrationIds: readonly string[]; at: string },
): Promise<void> {
  await db.query(sql`
    update integrations set next_due_at = ${at}
    where tenant_id = ${actor().tenantId} and integration_id = any(${integrationIds}::uuid[])
      and status = 'active' and next_due_at > ${at}`)
}
