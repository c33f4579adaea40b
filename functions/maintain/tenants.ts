import { type Sql, sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { logError } from '../../shared/log.ts'
import { isStopping } from '../../shared/serve.ts'
import { actor, runAs, systemActor } from '../../shared/tenant.ts'

const STATUSES = {
  working: ['active', 'provisioning'],
  /** What was promised of data holds for as long as we have it: also of who is suspended, or waits to be erased. */
  all: ['active', 'provisioning', 'suspended', 'deleting'],
} as const

type Turns = { of: keyof typeof STATUSES; order?: Sql }

/** Only operators' eyes see more than one tenant. */
async function tenantsIn({ of, order = sql`id` }: Turns): Promise<string[]> {
  const rows = await transaction(
    (db) =>
      db.query<{ id: string }>(
        sql`select id from tenants where status = any(${STATUSES[of]}::text[]) order by ${order}`,
      ),
    { role: 'pulsepoint_operator' },
  )
  return rows.map(({ id }) => id)
}

/**
 * Does a chore as each tenant in turn. One that fails keeps nobody else from theirs; the chore then throws the last failure
 * once all have had their turn. What the deadline leaves over is told; `order` says whose turn is first.
 */
export async function forEachTenant(deadline: number, work: () => Promise<unknown>, turns: Turns): Promise<object> {
  const { requestId } = actor()
  const tenants = await tenantsIn(turns)
  let done = 0
  let failure: unknown
  for (const tenantId of tenants) {
    if (isStopping() || Date.now() >= deadline) break
    try {
      await runAs(systemActor(tenantId, 'maintain', requestId), work)
      done += 1
    } catch (error) {
      logError('A chore failed for a tenant.', error, { chore_tenant: tenantId })
      failure = error
    }
  }
  if (failure !== undefined) throw failure
  return { tenants: tenants.length, done }
}
