import { secret } from '../../../shared/cloud/secrets.ts'
import { parseKeyRing } from '../../../shared/crypto.ts'
import { currentTenantKeys } from '../../../shared/db/rotate-keys.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { isStopping } from '../../../shared/serve.ts'
import { actor, runAs, systemActor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'

/** Closes anew what no sync has since the platform's key changed. `left` 0: no tenant needs the former key any more. */
export const rotateKeys: Chore = {
  name: 'rotate-keys',
  run: async (deadline) => {
    const behind = await tenantsBehind()
    let rotated = 0
    for (const tenantId of behind) {
      if (isStopping() || Date.now() >= deadline) break
      await runAs(systemActor(tenantId, 'maintain', actor().requestId), () => transaction(currentTenantKeys))
      rotated += 1
    }
    return { rotated, left: behind.length - rotated }
  },
}

async function tenantsBehind(): Promise<string[]> {
  const { current } = parseKeyRing(await secret('ENCRYPTION_KEYS'), 'ENCRYPTION_KEYS')
  const rows = await transaction(
    (db) =>
      db.query<{ tenant_id: string }>(sql`select distinct tenant_id from tenant_keys where wrapped_by <> ${current}`),
    { role: 'pulsepoint_operator' },
  )
  return rows.map(({ tenant_id }) => tenant_id)
}
