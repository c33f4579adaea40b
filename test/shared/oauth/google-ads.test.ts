import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { googleAds } from '../../../functions/sync-google-ads/connector.ts'
import { googleAdsSandbox } from '../../../scripts/sandbox/google-ads.ts'
import { config, forgetConfig } from '../../../shared/config.ts'
import { addTenantKey, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { googleAds as google } from '../../../shared/oauth/google-ads.ts'
import type { Connector } from '../../../shared/sync/connector.ts'
import { openCredentials, type StoredCredentials } from '../../../shared/sync/credentials.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { customer, tokenIn, worldOf } from '../../sandbox/google-ads-world.ts'
import { listening } from '../../sandbox/listening.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { useRoundTrips } from '../../support/round-trip.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const trips = useRoundTrips(useCloud())
const accounts = trips.stores.flatMap(({ google_ads }) => google_ads ?? [])

let acme: TestTenant
let person: SignedIn
beforeAll(async () => {
  acme = await createTenant('acme-of-google')
  await asSystem(acme.tenantId, () => transaction(addTenantKey))
  person = await signIn(acme.tenantId, 'manager')
})

type Row = StoredCredentials & { integration_id: string; status: string; token_expires_at: Date; account_id: string }
async function rowOf(integrationId: string | undefined): Promise<Row> {
  const [row] = await database.asAdmin<Row>('select * from integrations where integration_id = $1', [integrationId])
  if (!row) throw new Error('no such integration')
  return row
}
const Tokens = z.object({ access_token: z.string(), refresh_token: z.string() })
const tokensIn = (row: Row) =>
  asSystem(acme.tenantId, () => transaction(async (db) => openCredentials(await tenantKeys(db), row, Tokens)))

const connect = (account_id?: string) =>
  trips.connect(person.token, { brand_id: acme.brandId, platform: 'google-ads', ...(account_id && { account_id }) })

async function sync({ integration_id }: Row): Promise<void> {
  const event = {
    id: crypto.randomUUID(),
    type: 'sync.requested.google-ads' as const,
    time: new Date(),
    data: { integration_id, due_at: new Date().toISOString() },
  }
  const connector: Connector = googleAds as unknown as Connector // its streams read with the client it made itself
  await asSystem(acme.tenantId, () => syncConnection(connector, event as never, { mustStop: () => false })) // as Pub/Sub delivers it
}

describe('a connection to Google Ads', () => {
  it('is made by a round trip with PKCE, for the first account that can be used, and syncs', async () => {
    const { connected } = await connect()
    const row = await rowOf(connected)
    expect(row).toMatchObject({ account_id: accounts[0]?.customer_id, status: 'active' })
    expect(Math.round((row.token_expires_at.getTime() - Date.now()) / 1000)).toBeCloseTo(3_599, -1)
    await trips.requests()
    await sync(row)
    expect(await rowOf(connected)).toMatchObject({ status: 'active', sync_error_code: null })
    // The account, its campaigns, two for each of thirteen windows, and the account's own spend.
    expect(await trips.requests()).toEqual({ 'google-ads': { 'googleAds:searchStream': 1 + 1 + 2 * 13 + 1 } })
    const [days] = await database.asAdmin<{ count: bigint }>(
      `select count(*) from ad_performance where tenant_id = $1 and provider = 'google-ads' and claimed_conversions % 1 <> 0`,
      [acme.tenantId],
    )
    expect(Number(days?.count)).toBeGreaterThan(0)
  })

  it('renews its token before it ends, and keeps its refresh token', async () => {
    const row = await rowOf((await connect()).connected)
    const before = await tokensIn(row)
    await database.asAdmin(
      `update integrations set token_expires_at = now() + interval '9 minutes' where integration_id = $1`,
      [row.integration_id],
    )
    await trips.requests()
    await sync(row)
    expect((await trips.requests())['google-ads']?.token).toBe(1)
    const renewed = await rowOf(row.integration_id)
    const after = await tokensIn(renewed)
    expect(after.access_token).not.toBe(before.access_token)
    expect(after.refresh_token).toBe(before.refresh_token)
    expect(renewed.token_expires_at.getTime()).toBeGreaterThan(Date.now() + 3_500_000)
  })

  it('needs the person again once Google takes its refresh token no more, and never for a fault of ours', async () => {
    const row = await rowOf((await connect()).connected)
    const { refresh_token } = await tokensIn(row)
    const end = () =>
      database.asAdmin(`update integrations set token_expires_at = now() where integration_id = $1`, [
        row.integration_id,
      ])
    await end()
    await trips.fault('google-ads', 'token', { kind: 'status', code: 401, body: { error: 'invalid_client' } })
    await sync(row)
    expect(await rowOf(row.integration_id)).toMatchObject({ status: 'active', sync_error_code: 'PROVIDER_REJECTED' })
    await fetch(`${config('GOOGLE_TOKEN_URL')}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: refresh_token }),
    })
    await end()
    await sync(row)
    expect(await rowOf(row.integration_id)).toMatchObject({ status: 'needs_reauth', sync_error_code: 'PROVIDER_AUTH' })
  })

  it('is refused without a refresh token, which would end after an hour', async () => {
    await trips.fault('google-ads', 'token', {
      kind: 'status',
      code: 200,
      body: { access_token: 'ya29.x', expires_in: 3599, scope: google.scopes.join(' '), token_type: 'Bearer' },
    })
    expect(await connect()).toEqual({ error: 'PROVIDER_REJECTED' })
  })
})

describe('the accounts of a sign-in', () => {
  const manager = { id: '9000000001', name: 'Agency' }
  async function accountsOf(...stores: Parameters<typeof customer>[0][]) {
    const world = worldOf('2026-11-10T12:00:00Z', ...stores.map((store) => customer(store)))
    const kept = process.env.GOOGLE_ADS_URL
    process.env.GOOGLE_ADS_URL = await listening(googleAdsSandbox(world))
    forgetConfig()
    try {
      return await google.accounts(tokenIn(world), null)
    } finally {
      process.env.GOOGLE_ADS_URL = kept ?? ''
      forgetConfig()
    }
  }
  const account = (account_id: string, account_name: string, is_usable = true) => ({
    account_id,
    account_name,
    is_usable,
  })

  it('are those given directly, by name', async () => {
    expect(await accountsOf({})).toEqual([account('4651612872', 'Acme Search')])
  })

  it('behind a manager are listed after it, and it cannot be used itself', async () => {
    expect(await accountsOf({ manager })).toEqual([
      account(manager.id, 'Agency', false),
      account('4651612872', 'Acme Search'),
    ])
  })

  it('that are closed cannot be used', async () => {
    const closed = { currencyCode: 'USD', timeZone: 'UTC', status: 'CANCELED' }
    expect(await accountsOf({ customer: closed })).toEqual([account('4651612872', 'brand-0', false)])
  })
})
