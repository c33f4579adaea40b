import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordedStores } from '../../scripts/sandbox/recorded.ts'

const SHOP = {
  id: 'gid://shopify/Shop/1',
  name: 'Old Records',
  myshopifyDomain: 'old-records.myshopify.com',
  currencyCode: 'USD',
  ianaTimezone: 'America/New_York',
}
const order = (id: number, updatedAt: string) =>
  JSON.stringify({
    customer: { id: 'gid://shopify/Customer/9', updatedAt: '1990-01-01T00:00:00Z' },
    note: 'a "quote" \\',
    id: `gid://shopify/Order/${id}`,
    updatedAt,
  })

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recorded-'))
  await mkdir(join(dir, 'shopify'))
  await writeFile(join(dir, 'shopify', 'shop.json'), JSON.stringify(SHOP))
})
afterEach(() => rm(dir, { recursive: true }))

describe('a recorded folder', () => {
  it('becomes a store, its nodes sorted by their own updatedAt', async () => {
    const lines = [order(2, '1997-02-01T00:00:00Z'), order(1, '1997-01-01T01:00:00+01:00'), '']
    await writeFile(join(dir, 'shopify', 'orders.jsonl.gz'), gzipSync(lines.join('\n')))
    const [store] = await recordedStores(dir)
    expect([store?.tenant, store?.brand, store?.time_zone, store?.meta]).toEqual([
      'Recorded',
      'Old Records',
      'America/New_York',
      null,
    ])
    expect(store?.shopify.orders.map(({ id, updatedAt }) => [id, updatedAt])).toEqual([
      ['gid://shopify/Order/1', '1997-01-01T00:00:00.000Z'],
      ['gid://shopify/Order/2', '1997-02-01T00:00:00.000Z'],
    ])
    expect(store?.shopify.orders[1]?.json).toBe(lines[0])
  })

  it('takes an ad account that lies beside the shop', async () => {
    await mkdir(join(dir, 'meta'))
    await writeFile(join(dir, 'meta', 'account.json'), JSON.stringify({ account_id: '77', name: 'Old Ads' }))
    await writeFile(
      join(dir, 'meta', 'insights.jsonl'),
      JSON.stringify({ campaign_id: '5', campaign_name: 'Radio', date_start: '1997-01-02', spend: '3.10' }),
    )
    const [store] = await recordedStores(dir)
    expect(store?.meta).toMatchObject({ account_id: '77', insights: [{ campaign_id: '5', clicks: '0', purchases: 0 }] })
  })

  it('takes a Google Ads account in the API’s own rows, days sorted, and names the line that is none', async () => {
    const folder = join(dir, 'google-ads')
    await mkdir(folder)
    const customer = { id: '46', currencyCode: 'USD', timeZone: 'America/Los_Angeles' }
    await writeFile(join(folder, 'customer.json'), JSON.stringify(customer))
    await writeFile(join(folder, 'campaigns.jsonl'), JSON.stringify({ campaign: { id: '5', name: 'Brand' } }))
    const day = (date: string) => ({ campaign: { id: '5' }, segments: { date }, metrics: { clicks: '4' } })
    const lines = [JSON.stringify(day('1997-01-03')), JSON.stringify(day('1997-01-02'))]
    await writeFile(join(folder, 'metrics.jsonl'), lines.join('\n'))
    const [store] = await recordedStores(dir)
    expect(store?.google_ads).toMatchObject({ customer_id: '46', customer, campaigns: [{ campaign: { id: '5' } }] })
    expect(store?.google_ads?.metrics.map(({ segments }) => segments?.date)).toEqual(['1997-01-02', '1997-01-03'])
    await writeFile(join(folder, 'metrics.jsonl'), [...lines, '{"campaign":{"id":"5"}}'].join('\n'))
    await expect(recordedStores(dir)).rejects.toThrow(/metrics\.jsonl:3: not a row of metrics/)
  })

  it.each([
    ['cut off', order(2, '1997-02-01T00:00:00Z').slice(0, -1), /orders\.jsonl:2: not one whole JSON object/],
    ['without an id', '{"updatedAt":"1997-01-01T00:00:00Z"}', /orders\.jsonl:2: a node needs/],
    [
      'without a time',
      '{"id":"gid://shopify/Order/2","updatedAt":"soon"}',
      /orders\.jsonl:2: "updatedAt" is no instant: soon/,
    ],
  ])('names file and line of a node %s', async (_, line, message) => {
    await writeFile(join(dir, 'shopify', 'orders.jsonl'), `${order(1, '1997-01-01T00:00:00Z')}\n${line}\n`)
    await expect(recordedStores(dir)).rejects.toThrow(message)
  })

  it('must have a shop', async () => {
    await rm(join(dir, 'shopify', 'shop.json'))
    await expect(recordedStores(dir)).rejects.toThrow(/no shopify\/shop\.json/)
  })
})
