import * as z from 'zod'
import { forgetKey } from '../../auth/api-key-standing.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { ApiKey, apiKeyOnWire, readApiKey } from './api-key.ts'

export const revokeApiKey = operation({
  name: 'revoke_api_key',
  description: 'Revokes an API key for good; revoking it again changes nothing.',
  http: { method: 'delete', path: '/api/api-keys/{id}' },
  permission: 'admin:manage',
  input: z.object({ id: z.uuid() }),
  output: z.object({ api_key: ApiKey }),
  run: ({ id }) =>
    transaction(async (db) => {
      const { tenantId } = actor()
      const revoked = await db.one(sql`
        update api_keys set revoked_at = ${clock.now()}
        where tenant_id = ${tenantId} and api_key_id = ${id} and revoked_at is null returning api_key_id`)
      const row = await readApiKey(db, id)
      if (revoked) {
        const details = { name: row.name }
        await record(db, 'admin.action', { data: { action: 'api_key.revoked', subject_id: id, details } })
        db.afterCommit(async () => forgetKey(tenantId, id))
      }
      return { api_key: apiKeyOnWire(row) }
    }),
})
