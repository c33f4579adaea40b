import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import type { KeyScope } from '../../auth/api-key.ts'
import { lockAuthority } from '../../auth/lock-authority.ts'
import { newSecretToken } from '../../auth/secret-token.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { fieldErrors, requirePerson } from '../call.ts'
import { name } from '../text.ts'
import { Instant } from '../wire.ts'
import { ApiKey, apiKeyOnWire, readApiKey, Scope } from './api-key.ts'

const MAX_LIVE_KEYS = 100

export const createApiKey = operation({
  name: 'create_api_key',
  description: 'Makes an API key with some of your own permissions. Its text is in this answer and nowhere else.',
  http: { method: 'post', path: '/api/api-keys', status: 201 },
  permission: 'admin:manage',
  input: z
    .object({
      name: name(100).describe('Shown in lists and logs.'),
      scopes: z.array(Scope).min(1).max(20),
      expires_at: Instant.nullable().default(null).describe('null: until it is revoked.'),
    })
    .meta({ examples: [{ name: 'Nightly export', scopes: ['brands:read'] }] }),
  output: z.object({
    api_key: ApiKey,
    key: z.string().describe('`pp_<tenant>_<id>_<secret>`; send it as `Authorization: Bearer`.'),
  }),
  run: async ({ name, scopes, expires_at }) => {
    const createdBy = requirePerson()
    requireHeld(scopes)
    const expiresAt = expires_at === null ? null : new Date(expires_at)
    if (expiresAt && expiresAt <= clock.now()) throw fieldErrors({ expires_at: ['Must be in the future.'] })
    const { tenantId } = actor()
    const apiKeyId = uuidv7()
    const { token, hash } = newSecretToken({ tenantId, id: apiKeyId })
    const row = await transaction(async (db) => {
      await requireRoom(db)
      await db.query(sql`
        insert into api_keys (tenant_id, api_key_id, name, secret_hash, scopes, created_by, created_at, expires_at)
        values (${tenantId}, ${apiKeyId}, ${name}, ${hash}, ${[...new Set(scopes)]}, ${createdBy}, ${clock.now()}, ${expiresAt})`)
      const details = { name, scopes, expires_at }
      await record(db, 'admin.action', { data: { action: 'api_key.created', subject_id: apiKeyId, details } })
      return readApiKey(db, apiKeyId)
    })
    return { api_key: apiKeyOnWire(row), key: token }
  },
})

function requireHeld(scopes: readonly KeyScope[]): void {
  const missing = scopes.filter((scope) => !actor().permissions.has(scope))
  if (missing.length === 0) return
  throw new AppError('FORBIDDEN', `A key may hold what you hold yourself; you do not hold ${missing.join(', ')}.`)
}

/** Throws CONFLICT at the limit; two at once are counted one after the other. */
async function requireRoom(db: Db): Promise<void> {
  await lockAuthority(db)
  const counted = await db.one<{ live: bigint }>(sql`
    select count(*) as live from api_keys
    where tenant_id = ${actor().tenantId} and revoked_at is null
      and (expires_at is null or expires_at > ${clock.now()}::timestamptz)`)
  if (counted && counted.live >= MAX_LIVE_KEYS)
    throw new AppError('CONFLICT', `There are ${MAX_LIVE_KEYS} live keys already; revoke one that is not used.`)
}
