import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { tenantKeys } from '../../db/tenant-keys.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError, toAppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { providerOf } from '../../oauth/providers.ts'
import { operation } from '../../operation.ts'
import { openCredentials, type StoredCredentials } from '../../sync/credentials.ts'
import { withFreshToken } from '../../sync/fresh-token.ts'
import { actor } from '../../tenant.ts'
import { noSuchIntegration } from './integration.ts'

type Row = StoredCredentials & {
  integration_id: string
  brand_id: string
  platform: string
  account_id: string
  account_name: string
  token_expires_at: Date | null
}

export const testIntegration = operation({
  name: 'test_integration',
  description:
    'Asks the provider now whether the connection works. When it refuses the token, the integration needs re-authorisation from then on.',
  http: { method: 'post', path: '/api/integrations/{id}/test' },
  permission: 'integrations:manage',
  input: z.object({ id: z.uuid() }),
  output: z
    .object({ ok: z.boolean(), code: z.string().describe('OK, or a PROVIDER_* code.'), message: z.string() })
    .meta({ examples: [{ ok: true, code: 'OK', message: 'Shopify answers for Northwind Outdoor.' }] }),
  run: async ({ id }) => {
    const row = await transaction((db) =>
      db.one<Row>(sql`
        select integration_id, brand_id, platform, account_id, account_name, token_expires_at, access_token_encrypted,
          refresh_token_encrypted
        from integrations where tenant_id = ${actor().tenantId} and integration_id = ${id}`),
    )
    if (!row) throw noSuchIntegration()
    try {
      return { ok: true, code: 'OK', message: await ask(row) }
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      if (!code.startsWith('PROVIDER_')) throw thrown
      if (code === 'PROVIDER_AUTH') await markNeedsReauth(row, message)
      return { ok: false, code, message }
    }
  },
})

async function ask(row: Row): Promise<string> {
  const provider = providerOf(row.platform)
  if (!provider) throw new AppError('PROVIDER_NOT_FOUND', `Nothing is known of the platform ${row.platform}.`)
  const fresh = await withFreshToken(row)
  const Access = z.object({ access_token: z.string() })
  const { access_token } = await transaction(async (db) => openCredentials(await tenantKeys(db), fresh, Access))
  const opened = await provider.accounts(access_token, provider.needsShop ? row.account_id : null)
  if (opened.some(({ account_id }) => account_id === row.account_id))
    return `${provider.name} answers for ${row.account_name}.`
  const message = `${provider.name} no longer shows ${row.account_name} to the person who connected it: connect it again.`
  throw new AppError('PROVIDER_PERMISSION', message)
}

/** Unless it was connected anew in the meantime; a second test says nothing new. */
async function markNeedsReauth({ integration_id, brand_id, platform, ...row }: Row, message: string): Promise<void> {
  await transaction(async (db) => {
    const marked = await db.one(sql`
      update integrations set status = 'needs_reauth', sync_error_code = 'PROVIDER_AUTH', sync_error_message = ${message}
      where tenant_id = ${actor().tenantId} and integration_id = ${integration_id} and status in ('active', 'paused')
        and access_token_encrypted is not distinct from ${row.access_token_encrypted}
      returning integration_id`)
    if (!marked) return
    const data = { integration_id, platform, message }
    const outcome = { status: 'failure', errorMessage: message } as const
    await record(db, 'integration.needs_reauth', { data, brandId: brand_id, ...outcome })
  })
}
