import { expect, test } from 'vitest'
import type { GoogleAdsLimits } from '../../scripts/sandbox/google-ads/quota.ts'
import { googleAdsSandbox } from '../../scripts/sandbox/google-ads.ts'
import type { World } from '../../scripts/sandbox/world.ts'
import { CUSTOMER_ID, campaign, customer, day, tokenIn, worldOf } from './google-ads-world.ts'

const NOON = '2026-11-10T17:00:00Z'
const DAYS = "segments.date BETWEEN '2026-11-01' AND '2026-11-10'"

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
type Answer = { status: number; body: any; code: string }

function api(world: World, limits: Partial<GoogleAdsLimits> = {}) {
  const app = googleAdsSandbox(world, limits)
  const read = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await app.request(path, init)
    const body = JSON.parse(await answer.text())
    const error = (Array.isArray(body) ? body[0] : body)?.error
    const code = Object.values(error?.details[0].errors[0].errorCode ?? {})[0]
    return { status: answer.status, body, code: typeof code === 'string' ? code : '' }
  }
  const headers = (bearer: string) => ({ Authorization: `Bearer ${bearer}`, 'developer-token': 'ignored' })
  return {
    app,
    list: () => read('/v25/customers:listAccessibleCustomers', { headers: headers(tokenIn(world)) }),
    search: (query: string, { id = CUSTOMER_ID, login = '', version = 'v25', bearer = tokenIn(world) } = {}) =>
      read(`/${version}/customers/${id}/googleAds:searchStream`, {
        method: 'POST',
        headers: { ...headers(bearer), ...(login && { 'login-customer-id': login }) },
        body: JSON.stringify({ query }),
      }),
  }
}

test('a report comes as an array of chunks, int64 as strings, doubles as numbers, zeros left out', async () => {
  const bought = { conversions: 1.5, conversionsValue: 120.25 }
  const [idle] = day('2026-09-02')
  const nothing = { ...idle?.metrics, clicks: '0', conversionsValue: 0 }
  const metrics = [...day('2026-09-01', bought), ...(idle ? [{ ...idle, metrics: nothing }] : [])]
  const { search } = api(worldOf(NOON, customer({ metrics })), { rowsPerChunk: 1 })
  const { body } = await search(
    "SELECT campaign.id, campaign.name, segments.date, metrics.cost_micros, metrics.clicks, metrics.conversions_value FROM campaign WHERE segments.date BETWEEN '2026-09-01' AND '2026-09-02'",
  )
  const resourceName = `customers/${CUSTOMER_ID}/campaigns/16820250687`
  expect(body.map(({ results }: { results: unknown[] }) => results)).toEqual([
    [
      {
        campaign: { resourceName, id: '16820250687', name: 'Brand' },
        segments: { date: '2026-09-01' },
        metrics: { costMicros: '100000000', clicks: '200', conversionsValue: 130.5 },
      },
    ],
    [
      {
        campaign: { resourceName, id: '16820250687', name: 'Brand' },
        segments: { date: '2026-09-02' },
        metrics: { costMicros: '100000000' },
      },
    ],
  ])
  expect(body[0].fieldMask).toBe(
    'campaign.id,campaign.name,segments.date,metrics.costMicros,metrics.clicks,metrics.conversionsValue',
  )
  const purchases = await search(
    "SELECT segments.date, segments.conversion_action_category, metrics.conversions FROM campaign WHERE segments.date BETWEEN '2026-09-01' AND '2026-09-02' AND segments.conversion_action_category = 'PURCHASE'",
  )
  expect(purchases.body.flatMap(({ results }: { results: unknown[] }) => results)).toMatchObject([
    { segments: { conversionActionCategory: 'PURCHASE' }, metrics: { conversions: 1.5 } },
  ])
  expect((await search("SELECT campaign.id FROM campaign WHERE campaign.status = 'REMOVED'")).body).toEqual([])
})

test('conversions of a day come in for weeks, cost settles within days, today is partial', async () => {
  const world = worldOf(NOON, customer({ metrics: day('2026-11-10', { conversions: 100 }) }))
  const { search } = api(world)
  const seen = async () => {
    const cost = await search(`SELECT segments.date, metrics.cost_micros FROM campaign WHERE ${DAYS}`)
    const known = await search(
      `SELECT segments.date, segments.conversion_action_category, metrics.conversions FROM campaign WHERE ${DAYS} AND segments.conversion_action_category = 'PURCHASE'`,
    )
    return [cost.body[0].results[0].metrics.costMicros, known.body[0].results[0].metrics.conversions]
  }
  const ages = []
  for (const now of ['2026-11-10T17:00:00Z', '2026-11-11T17:00:00Z', '2026-12-05T17:00:00Z', '2026-12-20T17:00:00Z']) {
    world.clock.now = now
    ages.push(await seen())
  }
  const [today, , late] = ages.map(([cost, conversions]) => ({ cost: Number(cost), conversions }))
  expect(today?.cost).toBeCloseTo(51_000_000, -1)
  expect(late?.conversions).toBeGreaterThan(95)
  expect(late?.conversions).toBeLessThan(100)
  expect(ages.slice(1).map(([cost]) => cost)).toEqual(['101000000', '100000000', '100000000'])
  expect(ages[3]?.[1]).toBe(100)
})

test.each([
  ['an unknown field', 'SELECT campaign.colour FROM campaign', 'UNRECOGNIZED_FIELD'],
  ['an unknown resource', 'SELECT ad_group.id FROM ad_group', 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'],
  ['no query language', 'campaigns please', 'UNEXPECTED_INPUT'],
  [
    'a condition that is not served',
    "SELECT campaign.id FROM campaign WHERE campaign.name LIKE 'a%'",
    'INVALID_WHERE_CLAUSE',
  ],
  ['a date that is open', 'SELECT segments.date, metrics.clicks FROM campaign', 'EXPECTED_FILTERS_ON_DATE_RANGE'],
  [
    'a category beside clicks',
    `SELECT segments.date, segments.conversion_action_category, metrics.clicks FROM campaign WHERE ${DAYS}`,
    'PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
  ],
  [
    'a category in the filter alone',
    `SELECT segments.date, metrics.conversions FROM campaign WHERE ${DAYS} AND segments.conversion_action_category = 'PURCHASE'`,
    'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE',
  ],
])('a query with %s is refused', async (_, query, expected) => {
  const { search } = api(worldOf(NOON, customer()))
  const { status, body, code } = await search(query)
  expect([status, Array.isArray(body), code]).toEqual([400, true, expected])
})

test('a client is read through its manager, which has no metrics of its own', async () => {
  const manager = { id: '9000000001', name: 'Agency' }
  const { search, list } = api(worldOf(NOON, customer({ manager })))
  expect((await list()).body).toEqual({ resourceNames: ['customers/9000000001'] })
  const query = 'SELECT customer.id, customer.manager FROM customer'
  expect(await search(query)).toMatchObject({ status: 403, code: 'USER_PERMISSION_DENIED' })
  expect(await search(query, { login: '1' })).toMatchObject({ status: 403, code: 'USER_PERMISSION_DENIED' })
  expect((await search(query, { login: manager.id })).body[0].results[0].customer.id).toBe(CUSTOMER_ID)
  expect((await search(query, { id: manager.id })).body[0].results[0].customer.manager).toBe(true)
  const clients = await search('SELECT customer_client.id, customer_client.level FROM customer_client', {
    id: manager.id,
  })
  expect(clients.body[0].results).toMatchObject([
    { customerClient: { id: manager.id } },
    { customerClient: { id: CUSTOMER_ID, level: '1' } },
  ])
  const report = `SELECT segments.date, metrics.clicks FROM campaign WHERE ${DAYS}`
  expect((await search(report, { id: manager.id })).code).toBe('REQUESTED_METRICS_FOR_MANAGER')
  expect((await search(query, { id: '1-2' })).code).toBe('INVALID_CUSTOMER_ID')
  expect((await search(query, { version: 'v22' })).code).toBe('UNSUPPORTED_VERSION')
})

test('operations are counted by the day and by the account, and refused ones are not', async () => {
  const clock = { ms: Date.parse(NOON) }
  const world = { ...worldOf(NOON, customer({ campaigns: [campaign({})] })), limitsClock: () => new Date(clock.ms) }
  const { app, search } = api(world, { operationsPerDay: 3, burst: 2, perSecond: 0.1 })
  const ask = () => search('SELECT campaign.id FROM campaign')
  const delay = ({ body }: Answer) => body[0].error.details[0].errors[0].details.quotaErrorDetails.retryDelay
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  const often = await ask()
  expect([often.status, often.code, delay(often)]).toEqual([429, 'RESOURCE_TEMPORARILY_EXHAUSTED', '10s'])
  clock.ms += 10_000
  expect((await ask()).status).toBe(200)
  clock.ms += 60_000
  const spent = await ask()
  expect([spent.code, delay(spent)]).toEqual(['RESOURCE_EXHAUSTED', '86330s'])
  expect(app.counts()).toEqual({ operations: 3, refused: 2 })
})

test('access tokens end after an hour, refresh tokens when the person revokes them', async () => {
  const clock = { ms: Date.parse(NOON) }
  const world = { ...worldOf(NOON, customer()), limitsClock: () => new Date(clock.ms) }
  const { app, search } = api(world)
  const query = 'SELECT customer.id FROM customer'
  const first = tokenIn(world)
  clock.ms += 3_599_000
  expect(await search(query, { bearer: first })).toMatchObject({ status: 401, code: 'OAUTH_TOKEN_EXPIRED' })
  expect(await search(query, { bearer: 'ya29.nonsense' })).toMatchObject({ status: 401, code: 'OAUTH_TOKEN_INVALID' })
  const bearer = tokenIn(world)
  expect((await search(query, { bearer })).status).toBe(200)
  await app.request('/revoke', { method: 'POST', body: new URLSearchParams({ token: bearer }) })
  expect(await search(query, { bearer })).toMatchObject({ status: 401, code: 'OAUTH_TOKEN_REVOKED' })
})
