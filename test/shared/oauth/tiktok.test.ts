import { beforeAll, describe, expect, it } from 'vitest'
import { tiktok as connector } from '../../../functions/sync-tiktok/connector.ts'
import { tiktokSandbox } from '../../../scripts/sandbox/tiktok.ts'
import { config, forgetConfig } from '../../../shared/config.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { tiktok } from '../../../shared/oauth/tiktok.ts'
import type { Connector } from '../../../shared/sync/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { listening } from '../../sandbox/listening.ts'
import { advertiser, TOKEN, worldOf } from '../../sandbox/tiktok-world.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { SECRETS, useRoundTrips } from '../../support/round-trip.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const trips = useRoundTrips(useCloud())
const [first, second] = trips.stores.flatMap((store) => (store.tiktok ? [store.tiktok.advertiser_id] : []))

let acme: TestTenant
let person: SignedIn
beforeAll(async () => {
  acme = await createTenant('acme-of-tiktok')
  await asSystem(acme.tenantId, () => transaction(addTenantKey))
  person = await signIn(acme.tenantId, 'manager')
})

const rowOf = async (integrationId: string | undefined) => {
  const [row] = await database.asAdmin<Record<string, unknown> & { integration_id: string }>(
    'select * from integrations where integration_id = $1',
    [integrationId],
  )
  if (!row) throw new Error('no such integration')
  return row
}
const connect = (account_id?: string) => {
  trips.time.aheadMs += 10_000 // the app's calls a second are not what is tried here
  return trips.connect(person.token, { brand_id: acme.brandId, platform: 'tiktok', ...(account_id && { account_id }) })
}
const ask = async (integrationId: string | undefined, what: 'test' | 'disconnect') =>
  (await trips.api(`/api/integrations/${integrationId}/${what}`, { token: person.token, body: {} })).body

async function sync(integration_id: string): Promise<void> {
  const event = {
    id: crypto.randomUUID(),
    type: 'sync.requested.tiktok' as const,
    time: new Date(),
    data: { integration_id, due_at: new Date().toISOString() },
  }
  const any: Connector = connector as unknown as Connector // its streams read with the client it made itself
  await asSystem(acme.tenantId, () => syncConnection(any, event as never, { mustStop: () => false })) // as Pub/Sub delivers it
}

describe('a connection to TikTok', () => {
  it('is made by a round trip, for the first advertiser, with a token that does not end; and syncs', async () => {
    const { connected } = await connect()
    const row = await rowOf(connected)
    expect(row).toMatchObject({ account_id: first, status: 'active', token_expires_at: null })
    expect(row.refresh_token_encrypted).toBeNull()
    expect(JSON.stringify(row)).not.toContain('71c70c')
    await trips.requests()
    await sync(row.integration_id)
    expect(await rowOf(connected)).toMatchObject({ status: 'active', sync_error_code: null })
    expect(await trips.requests()).toEqual({ tiktok: { info: 1, campaign: 1, integrated: 15 } })
    const [days] = await database.asAdmin<{ claimed: string; campaigns: bigint }>(
      `select sum(p.claimed_conversions) as claimed, count(distinct c.campaign_id) as campaigns
       from ad_performance p join campaigns c using (tenant_id, brand_id, provider, campaign_id, account_id, currency)
       where tenant_id = $1 and provider = 'tiktok'`,
      [acme.tenantId],
    )
    expect(Number(days?.claimed)).toBeGreaterThan(0)
    expect(Number(days?.campaigns)).toBeGreaterThan(1)
  })

  it('is ended here alone: another connection of the same person goes on', async () => {
    const [{ connected: one }, { connected: other }] = [await connect(first), await connect(second)]
    await trips.requests()
    expect(await ask(other, 'disconnect')).toMatchObject({ integration: { status: 'disconnected' } })
    expect(await trips.requests()).toEqual({})
    expect(await ask(one, 'test')).toMatchObject({ ok: true })
    expect(await connect('999')).toEqual({ error: 'PROVIDER_PERMISSION' })
  })

  it.each([
    ['declined by the person', 'auth', { kind: 'denied' }, 'OAUTH_DENIED'],
    ['a code that was used', 'access_token', { kind: 'used_code' }, 'PROVIDER_REJECTED'],
    ['another secret', 'access_token', said(40107), 'PROVIDER_REJECTED'],
    ['too many calls', 'access_token', { kind: 'throttled' }, 'PROVIDER_RATE_LIMITED'],
    ['a system error', 'advertiser', said(50000), 'PROVIDER_UNAVAILABLE'],
    ['a token without rights', 'info', said(40001), 'PROVIDER_PERMISSION'],
    ['a token that was revoked', 'advertiser', said(40105), 'PROVIDER_AUTH'],
    ['an id that is a number', 'advertiser', said(0, { list: [{ advertiser_id: 7 }] }), 'PROVIDER_BAD_RESPONSE'],
    ['HTML', 'info', { kind: 'html_200' }, 'PROVIDER_BAD_RESPONSE'],
  ])('is not made with %s', async (_, operation, kind, error) => {
    await trips.fault('tiktok', operation, kind)
    expect(await connect(first)).toEqual({ error })
  })
})

function said(code: number, data: object = {}): object {
  return { kind: 'status', code: 200, body: { code, message: `${SECRETS.tiktok} is wrong`, data } }
}

it('names advertisers by hundreds; those that were closed or never approved are not usable', async () => {
  const states = ['STATUS_ENABLE', 'STATUS_DISABLE', 'STATUS_LIMIT', 'STATUS_CONFIRM_FAIL']
  const advertisers = Array.from({ length: 101 }, (_, index) =>
    advertiser({
      advertiser_id: String(7_300_000_000_000_000n + BigInt(index)),
      advertiser: { name: `Ads ${index}`, status: states[index % 4] },
    }),
  )
  const before = config('TIKTOK_URL')
  const app = { client_id: 'pulsepoint-local', client_secret: SECRETS.tiktok }
  const api = tiktokSandbox({ ...worldOf('2026-11-10T17:00:00Z', ...advertisers), apps: { tiktok: app } })
  try {
    process.env.TIKTOK_URL = await listening(api)
    forgetConfig()
    const accounts = await tiktok.accounts(TOKEN, null)
    expect(accounts.slice(0, 4).map(({ account_name, is_usable }) => [account_name, is_usable])).toEqual([
      ['Ads 0', true],
      ['Ads 1', false],
      ['Ads 2', true],
      ['Ads 3', false],
    ])
    expect(accounts).toHaveLength(101)
    expect(api.counts()).toEqual({ calls: 3, refused: 0 })
  } finally {
    process.env.TIKTOK_URL = before
    forgetConfig()
  }
})
