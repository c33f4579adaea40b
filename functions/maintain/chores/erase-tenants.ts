import { clock } from '../../../shared/clock.ts'
import { eraseTenant } from '../../../shared/db/erase-tenant.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { logError } from '../../../shared/log.ts'
import { isStopping } from '../../../shared/serve.ts'
import { actor, runAs, systemActor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'

/** Erases the tenants whose grace period is over; what is left at the deadline goes on tomorrow. */
export const eraseTenants: Chore = {
  name: 'erase-tenants',
  run: async (deadline) => {
    const mustStop = () => isStopping() || Date.now() >= deadline
    const due = await dueTenants()
    let erased = 0
    let failure: unknown
    for (const tenantId of due) {
      const done = await eraseOne(tenantId, mustStop).catch((error: unknown) => {
        logError('A tenant could not be erased; the next run goes on with it.', error, { erased_tenant: tenantId })
        failure = error
        return false
      })
      if (done) erased += 1
    }
    if (failure !== undefined) throw failure
    return { due: due.length, erased }
  },
}

/** Only operators' eyes see more than one tenant. */
async function dueTenants(): Promise<string[]> {
  const rows = await transaction(
    (db) =>
      db.query<{ id: string }>(sql`
        select id from tenants where status = 'deleting' and erase_after <= ${clock.now()}::timestamptz order by erase_after`),
    { role: 'pulsepoint_operator' },
  )
  return rows.map(({ id }) => id)
}

/** Within the tenant; what is told of it afterwards is the platform's, which knows the id and nothing else. */
async function eraseOne(tenantId: string, mustStop: () => boolean): Promise<boolean> {
  const done = await runAs(systemActor(tenantId, 'maintain', actor().requestId), () => eraseTenant(mustStop))
  const data = { action: 'tenant.erased', subject_id: tenantId, details: {} }
  if (!done) return false
  await transaction(async (db) => {
    await record(db, 'admin.action', { data, key: tenantId })
    await record(db, 'tenant.erased', { data: { tenant_id: tenantId, change: 'erased' }, key: tenantId })
  })
  return true
}
