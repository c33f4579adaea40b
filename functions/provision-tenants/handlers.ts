import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { record } from '../../shared/events/record.ts'
import { provisionTenant } from '../../shared/warehouse/provision.ts'

export const handlers: Handlers = { 'tenant.created': provision }

/** Makes the new tenant's warehouse, then calls the tenant active; one that was suspended meanwhile stays so. Throws UNAVAILABLE. */
async function provision({ tenantId }: ReceivedEvent<'tenant.created'>): Promise<void> {
  await provisionTenant(tenantId)
  await transaction(async (db) => {
    const activated = await db.one(sql`
      update tenants set status = 'active' where id = ${tenantId} and status = 'provisioning' returning id`)
    if (!activated) return
    await record(db, 'config.changed', {
      data: { what: 'tenant', subject_id: tenantId, changes: { status: 'active' } },
    })
  })
}
