import * as z from 'zod'
import { KEY_SCOPES, type KeyScope } from '../../auth/api-key.ts'
import { type Sql, sql, trusted } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const Scope = z.enum(KEY_SCOPES)
export const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(Scope),
    created_by: z.object({ id: z.uuid(), email: z.string().nullable().describe('null: deleted since.') }),
    created_at: Instant,
    last_used_at: Instant.nullable().describe('To the minute.'),
    expires_at: Instant.nullable(),
    revoked_at: Instant.nullable(),
  })
  .meta({
    examples: [
      {
        id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        name: 'Nightly export',
        scopes: ['brands:read'],
        created_by: { id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70', email: 'ana@example.com' },
        created_at: '2026-11-20T10:00:00.000Z',
        last_used_at: null,
        expires_at: null,
        revoked_at: null,
      },
    ],
  })

export type ApiKeyRow = {
  id: string
  name: string
  scopes: KeyScope[]
  created_by: { id: string; email: string | null }
  created_at: Date
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
}

/** Selects ApiKeyRows of `api_keys k`; the caller adds its predicate. */
export const SELECT_KEYS: Sql = trusted(`
  select k.api_key_id as id, k.name, k.scopes, jsonb_build_object('id', k.created_by, 'email', u.email) as created_by,
    k.created_at, k.last_used_at, k.expires_at, k.revoked_at
  from api_keys k left join users u on u.tenant_id = k.tenant_id and u.user_id = k.created_by`)

export const apiKeyOnWire = (row: ApiKeyRow): z.input<typeof ApiKey> => ({
  ...row,
  created_at: row.created_at.toISOString(),
  last_used_at: instantOrNull(row.last_used_at),
  expires_at: instantOrNull(row.expires_at),
  revoked_at: instantOrNull(row.revoked_at),
})

/** Throws NOT_FOUND. */
export async function readApiKey(db: Db, id: string): Promise<ApiKeyRow> {
  const row = await db.one<ApiKeyRow>(
    sql`${SELECT_KEYS} where k.tenant_id = ${actor().tenantId} and k.api_key_id = ${id}`,
  )
  if (!row) throw new AppError('NOT_FOUND', 'There is no such API key; /api/api-keys lists those there are.')
  return row
}
