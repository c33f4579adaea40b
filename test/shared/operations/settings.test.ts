import { beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../shared/db/transaction.ts'
import { isEnabled } from '../../../shared/feature-flags.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { readBrandSettings } from '../../../shared/operations/settings/read.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let admin: SignedIn
let count = 0

beforeEach(async () => {
  count += 1
  tenant = await createTenant(`settings ${count}`)
  admin = await signIn(tenant.tenantId, 'admin')
})

const put = (body: object) => call('/api/admin/settings', { token: admin.token, method: 'PUT', body })
const patch = (body: object) =>
  call(`/api/brands/${tenant.brandId}/settings`, { token: admin.token, method: 'PATCH', body })
const get = (path: string) => call(path, { token: admin.token })
const changesOf = async (what: string) => {
  const rows = await database.asAdmin<{ metadata: { subject_id: unknown; changes: object } }>(
    `select metadata from observability_events where tenant_id = $1 and metadata ->> 'what' = $2 order by "timestamp", event_id`,
    [tenant.tenantId, what],
  )
  return rows.map(({ metadata }) => metadata.changes)
}

describe('settings', () => {
  it('are all shown with what counts; what is given is kept, null returns to the default, the rest stays', async () => {
    const fresh = await get('/api/admin/settings')
    expect(fresh).toMatchObject({ status: 200, body: { settings: { logo_url: { value: null, is_default: true } } } })
    await put({ primary_color: '#AABBCC', default_currency: 'EUR' })
    const budget = { amount: '200.00', currency: 'USD' }
    const answer = await put({ default_currency: null, ai_budget_per_month: budget })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        settings: {
          primary_color: { value: '#aabbcc', is_default: false },
          default_currency: { value: null, is_default: true },
          ai_budget_per_month: { value: budget, is_default: false },
        },
      },
    })
    expect(await get('/api/admin/settings')).toMatchObject({ body: answer.body })
    await put({ primary_color: '#aabbcc', default_currency: null })
    expect(await changesOf('settings')).toEqual([
      { primary_color: { from: null, to: '#aabbcc' }, default_currency: { from: null, to: 'EUR' } },
      { ai_budget_per_month: { from: null, to: budget }, default_currency: { from: 'EUR', to: null } },
    ])
  })

  it.each([
    ['logo_url', 'http://cdn.example.com/logo.svg'],
    ['logo_url', 'javascript:alert(1)'],
    ['logo_url', 'https://user:secret@cdn.example.com/'],
    ['primary_color', 'red'],
    ['primary_color', '#12345g'],
    ['default_time_zone', 'EST'],
    ['default_time_zone', 'europe/berlin'],
    ['default_currency', 'XYZ'],
    ['default_lead_time_days', -1],
    ['default_lead_time_days', 'seven'],
    ['ai_budget_per_month', { amount: '-1', currency: 'USD' }],
    ['ai_budget_per_month', { amount: '1', currency: 'EUR' }],
    ['lead_time_days', 3],
    ['__proto__x', 1],
  ])('refuse %s = %j', async (name, value) => {
    const answer = await put({ accent_color: '#000000', [name]: value })
    expect(answer.status).toBe(400)
    expect(Object.keys((answer.body as { error: { details: { fields: object } } }).error.details.fields)[0]).toMatch(
      new RegExp(`^${name}`),
    )
    expect(await changesOf('settings')).toEqual([])
  })

  it("of a brand are its own, then its tenant's; nobody else's", async () => {
    const other = await createTenant(`other ${count}`)
    await put({ default_lead_time_days: 30, default_lead_time_sd_days: 5 })
    const meta = { amount: '12000', currency: 'EUR' }
    const answer = await patch({ lead_time_days: 21, ad_budget_per_month: { meta } })
    expect(answer).toMatchObject({
      body: {
        settings: {
          lead_time_days: { value: 21, is_default: false },
          lead_time_sd_days: { value: 5, is_default: true },
          shipping_cost_per_order: { value: null, is_default: true },
          ad_budget_per_month: { value: { meta }, is_default: false },
        },
      },
    })
    const read = (of: TestTenant) =>
      asSystem(of.tenantId, () => transaction((db) => readBrandSettings(db, tenant.brandId)))
    expect(await read(tenant)).toMatchObject({ lead_time_days: 21, lead_time_sd_days: 5 })
    expect(await read(other)).toMatchObject({ lead_time_days: null, ad_budget_per_month: null })
    for (const refused of [
      { ad_budget_per_month: { amazon: meta } },
      { payment_fee_percent: 101 },
      { shipping_cost_per_order: { amount: '4.50', currency: 'EUR', vat: 1 } },
      { logo_url: 'https://cdn.example.com/' },
    ])
      expect([refused, (await patch(refused)).status]).toEqual([refused, 400])
  })

  it('that people change at once are all kept', async () => {
    const given = [
      { lead_time_days: 1 },
      { lead_time_sd_days: 2 },
      { payment_fee_percent: 2.9 },
      { lead_time_days: 1 },
      { shipping_cost_per_order: { amount: '4.5', currency: 'EUR' } },
    ]
    const answers = await Promise.all(given.map(patch))
    expect(answers.map(({ status }) => status)).toEqual(given.map(() => 200))
    const rows = await database.asAdmin('select name from brand_settings where tenant_id = $1', [tenant.tenantId])
    expect(rows).toHaveLength(4)
    expect(await changesOf('settings')).toHaveLength(4)
  })
})

describe('feature flags', () => {
  const flag = (enabled: unknown, name = 'mcp') =>
    call(`/api/admin/feature-flags/${name}`, { token: admin.token, method: 'PUT', body: { enabled } })
  const isOn = (of: TestTenant) => asSystem(of.tenantId, () => transaction((db) => isEnabled(db, 'mcp')))

  it('are as the catalogue says until somebody switches them, for one tenant alone', async () => {
    const other = await createTenant(`others ${count}`)
    const shown = () => get('/api/admin/feature-flags')
    expect(await shown()).toMatchObject({ body: { feature_flags: [{ name: 'mcp', enabled: true, is_default: true }] } })
    expect(await flag(false)).toMatchObject({ status: 200, body: { feature_flag: { name: 'mcp', enabled: false } } })
    await flag(false)
    expect(await shown()).toMatchObject({ body: { feature_flags: [{ enabled: false, is_default: false }] } })
    expect([await isOn(tenant), await isOn(other)]).toEqual([false, true])
    expect(await changesOf('feature_flag')).toEqual([{ enabled: { from: true, to: false } }])
  })

  it('are none of those names, or not a switch', async () => {
    for (const name of ['nothing', 'toString', '__proto__'])
      expect(await flag(true, name)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
    expect(await flag('yes')).toMatchObject({ status: 400 })
  })

  it('switch the Model Context Protocol off', async () => {
    const origin = await serveApp(buildMcp({ operations: OPERATIONS, ipLimit: { perMinute: 100_000 } }))
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
    const headers = { accept: 'application/json, text/event-stream' }
    const speak = () => ask(`${origin}/mcp`, { token: admin.token, body: list, headers })
    expect((await speak()).status).toBe(200)
    await flag(false)
    expect(await speak()).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
  })
})
