import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { runHour } from '../../scripts/local/hour.ts'
import { type Platform, startPlatform } from '../../scripts/local/platform.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { makeReport, type Report } from '../../scripts/local/report.ts'
import { scratch } from '../support/scratch.ts'

/** The whole platform as `npm start` runs it: every function in its own process, from the scheduler's tick to Slack and BigQuery. */
let platform: Platform
let folder = ''
let first: Report

const quiet = () => undefined
const hour = async (): Promise<{ failures: string[]; report: Report }> => {
  const { failures, durationMs } = await runHour(platform, quiet)
  return { failures, report: await makeReport(platform, durationMs) }
}
const fault = (body: object) =>
  fetch(`${platform.sandboxUrl}/_control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const faults = async () =>
  z.array(z.object({ fired: z.number() })).parse(await (await fetch(`${platform.sandboxUrl}/_control/faults`)).json())
const slackTexts = async () => {
  const answer = await (await fetch(`${platform.sandboxUrl}/slack/messages`)).json()
  return z
    .object({ messages: z.array(z.object({ text: z.string().nullish(), payload: z.unknown() })) })
    .parse(answer)
    .messages.map((message) => JSON.stringify(message))
}
const Signed = z.object({ access_token: z.string() })
async function get(tenant: string, route: string): Promise<unknown> {
  const login = platform.tenants.find(({ name }) => name === tenant)?.logins[0]
  const answer = await fetch(`${platform.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: login?.email, password: login?.password }),
  })
  const { access_token } = Signed.parse(await answer.json())
  return (await fetch(`${platform.url}${route}`, { headers: { authorization: `Bearer ${access_token}` } })).json()
}

const recordedOrder = (id: number, currency: string) => ({
  id: `gid://shopify/Order/${id}`,
  legacyResourceId: String(id),
  name: `#${id}`,
  createdAt: '2026-11-02T12:00:00Z',
  processedAt: '2026-11-02T12:00:00Z',
  updatedAt: `2026-11-02T12:00:0${id}Z`,
  test: false,
  currencyCode: currency,
  presentmentCurrencyCode: currency,
  taxesIncluded: false,
  totalShippingPriceSet: { shopMoney: { amount: '0.00', currencyCode: currency } },
  totalTaxSet: { shopMoney: { amount: '0.00', currencyCode: currency } },
  totalPriceSet: { shopMoney: { amount: '25.00', currencyCode: currency } },
  customer: { id: `gid://shopify/Customer/${id}`, numberOfOrders: '1' },
  customerJourneySummary: null,
  lineItems: {
    nodes: [
      {
        id: `gid://shopify/LineItem/${id}`,
        title: 'Thing',
        quantity: 1,
        currentQuantity: 1,
        originalTotalSet: { shopMoney: { amount: '25.00', currencyCode: currency } },
        discountAllocations: [],
        taxLines: [],
      },
    ],
  },
  refunds: [],
})

beforeAll(async () => {
  folder = await scratch('pulsepoint-flow-')
  await chmod(folder, 0o755) // as root, PostgreSQL runs as another user, who must get in
  await mkdir(path.join(folder, 'data/shopify'), { recursive: true })
  const shop = {
    id: 'gid://shopify/Shop/1',
    name: 'Odd Coins',
    myshopifyDomain: 'odd-coins.myshopify.com',
    currencyCode: 'USD',
    ianaTimezone: 'UTC',
    taxesIncluded: false,
  }
  await writeFile(path.join(folder, 'data/shopify/shop.json'), JSON.stringify(shop))
  const orders = [recordedOrder(1, 'USD'), recordedOrder(2, 'XQZ')].map((order) => JSON.stringify(order))
  await writeFile(path.join(folder, 'data/shopify/orders.jsonl'), orders.join('\n'))
  platform = await startPlatform(
    {
      once: true,
      fresh: true,
      built: process.env.FLOW_BUILT === '1',
      data: path.join(folder, 'data'),
      report: null,
      port: await freePort(),
      stateDir: path.join(folder, 'state'),
      now: new Date('2026-11-20T09:30:00Z'),
      tenants: 2,
      orders: 60,
      seed: 'flow',
    },
    { step: quiet, log: quiet },
  )
  const { failures, report } = await hour()
  expect(failures).toEqual([])
  first = report
}, 180_000)

afterAll(async () => {
  await platform?.stop()
  await rm(folder, { recursive: true, force: true })
}, 30_000)

describe('an hour', () => {
  it('carries every brand’s orders to credits that add up to its net sales', () => {
    const brands = first.tenants.flatMap((tenant) => tenant.brands)
    expect(brands.length).toBeGreaterThanOrEqual(5)
    for (const brand of brands) {
      expect(brand.orders).toBeGreaterThan(0)
      const credited = Object.values(brand.credited.last).reduce((sum, amount) => sum + Number(amount), 0)
      expect([brand.name, credited.toFixed(3)]).toEqual([brand.name, Number(brand.net).toFixed(3)])
      expect(Number(brand.gross) - Number(brand.discounts) - Number(brand.returns)).toBeCloseTo(Number(brand.net), 3)
    }
  })

  it('brings spend from every ad platform, converted where it must be, and credits campaigns of each', () => {
    const brands = first.tenants.flatMap((tenant) => tenant.brands)
    const platforms = (of: (brand: (typeof brands)[number]) => Record<string, string>): string[] =>
      [...new Set(brands.flatMap((brand) => Object.keys(of(brand))))].sort()
    expect(platforms(({ spend }) => spend)).toEqual(['google-ads', 'meta', 'tiktok'])
    expect(platforms(({ credited }) => credited.campaigns)).toEqual(['google-ads', 'meta', 'tiktok'])
    // Its TikTok account is in dollars.
    expect(brands.find(({ name }) => name === 'Pebblewick')?.spend).toHaveProperty('tiktok')
  })

  it('puts each fact into Postgres and into the tenant’s own dataset once', () => {
    for (const { name, events } of first.tenants) expect([name, events.bigquery]).toEqual([name, events.postgres])
  })

  it('raises one alert for the account that must be authorised again and one for the unknown currency, each told to Slack once', async () => {
    const told = await slackTexts()
    expect(told).toHaveLength(first.tenants.reduce((sum, { alerts }) => sum + alerts, 0))
    for (const one of ['must be authorised again', 'XQZ'])
      expect(told.filter((text) => text.includes(one))).toHaveLength(1)
    // What is advertised without stock is seen by an hour's first look at the figures, which may come before the ads.
    const others = told.filter((text) => !/must be authorised again|XQZ/.test(text))
    expect(others.filter((text) => !text.includes('which is out of stock'))).toEqual([])
    expect(others.length).toBeLessThanOrEqual(1)
  })

  it('keeps the order in an unknown currency, unconverted and visible', async () => {
    const recorded = first.tenants.find(({ name }) => name === 'Recorded')?.brands[0]
    expect(recorded).toMatchObject({ orders: 1, gross: '25.00' })
    const dashboard = await get(
      'Recorded',
      `/api/brands/${recorded?.brand_id}/dashboard?since=2026-11-01&until=2026-11-10`,
    )
    expect(JSON.stringify(dashboard)).toMatch(/"incomplete":(?!0)/)
  })

  it('shows the same figures on the dashboard as in the report', async () => {
    const tenant = first.tenants.find(({ name }) => name !== 'Recorded')
    const brand = tenant?.brands[0]
    const Kpis = z.object({ kpis: z.object({ net: z.object({ value: z.object({ amount: z.string() }) }) }) })
    const halves = ['since=2025-10-01&until=2026-05-01', 'since=2026-05-01&until=2026-11-21'].map(async (period) => {
      const answer = await get(tenant?.name ?? '', `/api/brands/${brand?.brand_id}/dashboard?${period}`)
      return Number(Kpis.parse(answer).kpis.net.value.amount)
    })
    const net = (await Promise.all(halves)).reduce((sum, amount) => sum + amount, 0)
    expect(net.toFixed(3)).toBe(Number(brand?.net).toFixed(3))
  })

  it('changes nothing when it is run again within the hour', async () => {
    const { failures, report } = await hour()
    expect(failures).toEqual([])
    const figures = ({ tenants }: Report) => tenants.map(({ brands, alerts }) => ({ brands, alerts }))
    expect(figures(report)).toEqual(figures(first))
  })
})

describe('a bad page', () => {
  it.each(['html_200', 'malformed_json', 'truncated_json'])(
    '(%s) stops its own connection with a clear code; the others go on',
    async (kind) => {
      const tenant = first.tenants.find(({ name }) => name !== 'Recorded')?.name ?? ''
      await fetch(`${platform.sandboxUrl}/_control/faults`, { method: 'DELETE' })
      await fault({ match: { provider: 'shopify', path: 'odd-coins' }, fault: { kind }, times: 50 })
      const { report } = await hour()
      expect((await faults())[0]?.fired).toBeGreaterThan(0)
      expect(JSON.stringify(await get('Recorded', '/api/sync/status'))).toContain('PROVIDER_BAD_RESPONSE')
      expect(JSON.stringify(await get(tenant, '/api/sync/status'))).not.toContain('PROVIDER_BAD_RESPONSE')
      expect(report.tenants.map(({ brands }) => brands.map(({ orders, net }) => ({ orders, net })))).toEqual(
        first.tenants.map(({ brands }) => brands.map(({ orders, net }) => ({ orders, net }))),
      )
    },
  )

  it('is forgotten once the provider answers well again: the alert is resolved', async () => {
    await fetch(`${platform.sandboxUrl}/_control/faults`, { method: 'DELETE' })
    const { failures } = await hour()
    expect(failures).toEqual([])
    expect(JSON.stringify(await get('Recorded', '/api/sync/status'))).not.toContain('PROVIDER_BAD_RESPONSE')
    const Alerts = z.object({ alerts: z.array(z.object({ rule: z.string(), status: z.string() })) })
    const { alerts } = Alerts.parse(await get('Recorded', '/api/alerts'))
    expect(alerts.filter(({ rule }) => rule === 'sync_failed').map(({ status }) => status)).toEqual(
      expect.arrayContaining(['resolved']),
    )
    expect(alerts.some(({ rule, status }) => rule === 'sync_failed' && status === 'open')).toBe(false)
  })
})

describe('what the provider adds', () => {
  it.each(['unknown_field', 'unknown_enum'])('(%s) is tolerated and reported', async (kind) => {
    await fetch(`${platform.sandboxUrl}/_control/faults`, { method: 'DELETE' })
    await fault({ match: { provider: 'meta' }, fault: { kind }, times: 500 })
    const { failures } = await hour()
    expect(failures).toEqual([])
    expect((await faults())[0]?.fired).toBeGreaterThan(0)
    const tenant = first.tenants.find(({ name }) => name !== 'Recorded')?.name ?? ''
    expect(JSON.stringify(await get(tenant, '/api/sync/status'))).toMatch(/"drift":\{"/)
  })
})
