import * as z from 'zod'
import { isAccountInUse } from '../../db/resolve.ts'
import { sql } from '../../db/sql.ts'
import { tenantKeys } from '../../db/tenant-keys.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { logError } from '../../log.ts'
import { providerOf } from '../../oauth/providers.ts'
import { operation } from '../../operation.ts'
import { openCredentials, type StoredCredentials } from '../../sync/credentials.ts'
import { actor } from '../../tenant.ts'
import { line } from '../text.ts'
import {
  INTEGRATION_COLUMNS,
  Integration,
  type IntegrationRow,
  integrationOnWire,
  noSuchIntegration,
} from './integration.ts'

export const disconnectIntegration = operation({
  name: 'disconnect_integration',
  description:
    'Ends a connection: its tokens are destroyed, no sync of it goes on, what was read stays. Connecting the same account again revives it.',
  http: { method: 'post', path: '/api/integrations/{id}/disconnect' },
  permission: 'integrations:manage',
  input: z.object({
    id: z.uuid(),
    reason: line(200)
      .default('no reason given')
      .describe('Kept in the audit log.')
      .meta({ examples: ['The shop was sold.'] }),
  }),
  output: z.object({ integration: Integration }),
  run: async ({ id, reason }) => {
    const { row, held } = await transaction(async (db) => {
      const before = await lock(db, id)
      if (!before) throw noSuchIntegration()
      const { access_token_encrypted, refresh_token_encrypted, ...integration } = before
      if (integration.status === 'disconnected') return { row: integration, held: null }
      const data = { integration_id: id, platform: integration.platform, reason }
      await record(db, 'integration.disconnected', { data, brandId: integration.brand_id })
      return { row: await destroy(db, id), held: { integration, access_token_encrypted, refresh_token_encrypted } }
    })
    if (held) await revoke(held.integration, held)
    return { integration: integrationOnWire(row) }
  },
})

const lock = (db: Db, id: string): Promise<(IntegrationRow & StoredCredentials) | null> =>
  db.one(sql`
    select ${INTEGRATION_COLUMNS}, access_token_encrypted, refresh_token_encrypted from integrations
    where tenant_id = ${actor().tenantId} and integration_id = ${id} for update`)

/** A sync that is under way finds its fence gone and writes nothing more. */
async function destroy(db: Db, id: string): Promise<IntegrationRow> {
  const row = await db.one<IntegrationRow>(sql`
    update integrations set status = 'disconnected', access_token_encrypted = null, refresh_token_encrypted = null,
      token_expires_at = null, lease_fence = lease_fence + 1, lease_until = null, sync_error_code = null, sync_error_message = null
    where tenant_id = ${actor().tenantId} and integration_id = ${id}
    returning ${INTEGRATION_COLUMNS}`)
  if (!row) throw noSuchIntegration()
  return row
}

/** Best effort, after our own copies are gone. Where the provider ends the app's access for all, only the last to leave asks for it. */
async function revoke({ id, platform, account_id }: IntegrationRow, stored: StoredCredentials): Promise<void> {
  const end = providerOf(platform)?.revoke
  if (!end || stored.access_token_encrypted === null) return
  try {
    if (await isAccountInUse(platform, account_id)) return
    const Access = z.object({ access_token: z.string() })
    const { access_token } = await transaction(async (db) =>
      openCredentials(await tenantKeys(db), { ...stored, integration_id: id }, Access),
    )
    await end(access_token, account_id)
  } catch (error) {
    logError('The provider could not be asked to end the access; the tokens are destroyed.', error, {
      integration_id: id,
    })
  }
}
