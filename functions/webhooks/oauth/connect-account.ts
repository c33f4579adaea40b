import { v7 as uuidv7 } from 'uuid'
import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { record } from '../../../shared/events/record.ts'
import { appOf } from '../../../shared/oauth/app.ts'
import type { Account, Grant, OAuthProvider } from '../../../shared/oauth/provider.ts'
import { missingScopes, redirectUriOf } from '../../../shared/oauth/providers.ts'
import { type RoundTrip, spendState } from '../../../shared/oauth/state.ts'
import { sealCredentials } from '../../../shared/sync/credentials.ts'
import { actor } from '../../../shared/tenant.ts'
import { stateUsed } from './check.ts'
import { chooseAccount } from './choose-account.ts'

/**
 * Exchanges the code and connects the account: tokens (encrypted), the state's end and the fact in one transaction. Returns
 * the integration's id. Throws PROVIDER_*, CONFLICT (the account is another brand's), OAUTH_STATE_USED (another callback won).
 */
export async function connectAccount(provider: OAuthProvider, trip: RoundTrip, code: string): Promise<string> {
  const exchange = { code, redirectUri: redirectUriOf(provider), verifier: trip.verifier, shop: trip.shop }
  const grant = await provider.exchange(exchange, await appOf(provider))
  const missing = missingScopes(provider, grant.scopes)
  if (missing.length > 0) {
    const message = `These permissions were not granted at ${provider.name}: ${missing.join(', ')}.`
    throw new AppError('PROVIDER_PERMISSION', message, { details: { missing } })
  }
  const accounts = await provider.accounts(grant.access_token, trip.shop)
  return transaction(async (db) => {
    if (!(await spendState(db, trip.state_id))) throw stateUsed()
    const account = await chooseAccount(db, { provider, trip, accounts })
    const integrationId = await claim(db, { trip, account })
    await store(db, { integrationId, grant, account })
    const data = { integration_id: integrationId, platform: trip.platform }
    await record(db, 'integration.connected', { data, brandId: trip.brand_id })
    return integrationId
  })
}

/** The account's one row in this tenant, made or revived for the brand, and locked. */
async function claim(db: Db, { trip, account }: { trip: RoundTrip; account: Account }): Promise<string> {
  const { tenantId } = actor()
  const now = clock.now()
  await db.query(sql`
    insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, status, next_due_at, created_at)
    values (${tenantId}, ${trip.brand_id}, ${uuidv7()}, ${trip.platform}, ${account.account_id}, ${account.account_name},
      'disconnected', ${now}, ${now})
    on conflict (tenant_id, platform, account_id) do nothing`)
  const row = await db.one<{ integration_id: string; brand_id: string; status: string }>(sql`
    select integration_id, brand_id, status from integrations
    where tenant_id = ${tenantId} and platform = ${trip.platform} and account_id = ${account.account_id} for update`)
  if (!row) throw new AppError('INTERNAL', 'The integration could not be made.')
  if (row.brand_id === trip.brand_id) return row.integration_id
  if (row.status !== 'disconnected')
    throw new AppError('CONFLICT', 'This account is connected to another brand: disconnect it there first.')
  // It belongs to another brand from now on, which has none of its history yet.
  await db.query(sql`
    delete from sync_state where tenant_id = ${tenantId} and integration_id = ${row.integration_id}`)
  await db.query(sql`
    update integrations set brand_id = ${trip.brand_id}
    where tenant_id = ${tenantId} and integration_id = ${row.integration_id}`)
  return row.integration_id
}

type Storing = { integrationId: string; grant: Grant; account: Account }

/** The first sync is due at once; one that still goes on with an older token is fenced off. */
async function store(db: Db, { integrationId, grant, account }: Storing): Promise<void> {
  const { access_token, refresh_token, expires_at } = grant
  const plain = { access_token, ...(refresh_token !== null && { refresh_token }) }
  const sealed = await sealCredentials(await tenantKeys(db), integrationId, plain)
  await db.query(sql`
    update integrations set status = 'active', account_name = ${account.account_name},
      access_token_encrypted = ${sealed.access_token_encrypted}, refresh_token_encrypted = ${sealed.refresh_token_encrypted},
      token_expires_at = ${expires_at}, sync_error_code = null, sync_error_message = null,
      next_due_at = ${clock.now()}, lease_fence = lease_fence + 1, lease_until = null
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId}`)
}
