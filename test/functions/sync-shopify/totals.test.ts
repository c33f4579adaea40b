import { expect, it } from 'vitest'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { clientAt, contextOf, shopServing } from './shop.ts'

const order = (id: number, processedAt: string) => ({
  id: `gid://shopify/Order/${id}`,
  processedAt,
  updatedAt: '2026-11-19T12:00:00Z',
})

it('a shop counts its orders by the brand’s days, in one query that is asked for first', async () => {
  const orders = [
    order(1, '2026-11-16T04:59:59Z'),
    order(2, '2026-11-16T05:00:00Z'),
    order(3, '2026-11-17T04:59:59Z'),
    order(4, '2026-11-18T12:00:00Z'),
  ]
  const { url, costs } = await shopServing({ orders })
  let allowed = 0
  const mayCall = async (): Promise<void> => {
    allowed += 1
  }
  const context = contextOf({ timeZone: 'America/New_York', mayCall })
  const days = { since: '2026-11-15', until: '2026-11-18' }
  expect(await shopify.totals?.read(clientAt(url, context), days, context)).toEqual([
    { day: '2026-11-15', value: 1n, currency: null },
    { day: '2026-11-16', value: 2n, currency: null },
    { day: '2026-11-17', value: 0n, currency: null },
    { day: '2026-11-18', value: 1n, currency: null },
  ])
  expect([allowed, costs.length, costs[0]?.throttled]).toEqual([1, 1, false])
  expect(costs[0]?.requested).toBeLessThanOrEqual(8)
})
