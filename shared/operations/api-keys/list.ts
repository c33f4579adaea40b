import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { ApiKey, type ApiKeyRow, apiKeyOnWire, SELECT_KEYS } from './api-key.ts'

/** Ids grow with time. */
const Key = z.tuple([z.uuid()])

export const listApiKeys = operation({
  name: 'list_api_keys',
  description: 'API keys of this tenant, newest first, revoked and expired ones too; never their secrets.',
  http: { method: 'get', path: '/api/api-keys' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: PageInput,
  output: z.object({ api_keys: z.array(ApiKey), next_cursor: NextCursor }),
  run: async ({ limit, cursor }) => {
    const [before] = decodeCursor(Key, cursor) ?? [null]
    const found = await transaction((db) =>
      db.query<ApiKeyRow>(sql`
        ${SELECT_KEYS}
        where k.tenant_id = ${actor().tenantId} and (${before}::uuid is null or k.api_key_id < ${before}::uuid)
        order by k.api_key_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.id])
    return { api_keys: rows.map(apiKeyOnWire), next_cursor }
  },
})
