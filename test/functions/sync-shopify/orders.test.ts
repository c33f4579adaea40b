import { describe, expect, it } from 'vitest'
import { API_VERSION } from '../../../functions/sync-shopify/client/queries.ts'
import type { Json } from '../../sandbox/shopify-world.ts'
import { ALL, clientAt, contextOf, NOW, pagesOf, rowsOf, shopAnswering, shopServing, withoutWaiting } from './shop.ts'
import { bag, journeyNode, lineNode, orderNode, refundNode, visitNode } from './wire-nodes.ts'

const minute = (n: number): string => new Date(Date.parse('2026-11-01T00:00:00Z') + n * 60_000).toISOString()
const numbered = (count: number, fields: (index: number) => Json = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    orderNode({ number: index + 1, updatedAt: minute(index), ...fields(index) }),
  )

async function read(
  orders: readonly Json[],
  more: { bucket?: { maximumAvailable: number; restoreRate: number } } = {},
) {
  const shop = await shopServing({ orders, ...more })
  const pages = await pagesOf('orders', clientAt(shop.url))
  return { pages, ...shop }
}

const LARGE = orderNode({
  number: 77,
  taxesIncluded: true,
  lineItems: {
    nodes: Array.from({ length: 300 }, (_, id) =>
      lineNode({ id: id + 1, original: '1.19', taxes: [{ rate: 0.19, price: '0.19' }] }),
    ),
  },
  customerJourneySummary: journeyNode(Array.from({ length: 40 }, (_, id) => visitNode(id + 1))),
  refunds: [
    refundNode({
      id: 7,
      total: '71.40',
      lines: Array.from({ length: 60 }, (_, index) => ({ line: index + 1, subtotal: '1.19', tax: '0.19' })),
    }),
    ...Array.from({ length: 20 }, (_, index) =>
      refundNode({ id: 8 + index, lines: [{ line: 100 + index, subtotal: '1.19', tax: '0.19' }] }),
    ),
  ],
})

describe('an order', () => {
  it('with 300 lines, 21 refunds of 80 lines and 40 visits arrives whole', async () => {
    const { pages, costs } = await read([...numbered(4), LARGE])
    expect(rowsOf(pages, 'orders').find(({ order_id }) => order_id === '77')).toMatchObject({
      units: 300n,
      gross_micros: 300_000_000n,
      journey: 'ready',
    })
    const of = (table: 'order_lines' | 'refund_lines' | 'touchpoints' | 'refunds') =>
      rowsOf(pages, table).filter(({ order_id }) => order_id === '77')
    expect(new Set(rowsOf(pages, 'order_lines').map(({ order_id, line_id }) => `${order_id}/${line_id}`)).size).toBe(
      304,
    )
    expect([
      of('order_lines').length,
      of('refunds').length,
      of('refund_lines').length,
      of('touchpoints').length,
    ]).toEqual([300, 21, 80, 40])
    expect(rowsOf(pages, 'refunds').reduce((sum, { returns_micros }) => sum + returns_micros, 0n)).toBe(80_000_000n)
    expect(Math.max(...costs.map(({ requested }) => requested))).toBeLessThanOrEqual(500)
  })

  it('has the same content hash whatever page it came in', async () => {
    const alone = await read([LARGE])
    const among = await read([...numbered(1), LARGE, ...numbered(30).slice(1)])
    const hash = ({ pages }: typeof alone) =>
      rowsOf(pages, 'orders').find(({ order_id }) => order_id === '77')?.content_hash
    expect(hash(among)).toBe(hash(alone))
    const single = orderNode({
      number: 88,
      updatedAt: minute(100),
      lineItems: { nodes: [lineNode({ original: '1.00', taxes: [{ rate: 0.1, price: '0.10' }] })] },
    })
    const hash88 = (pages: Awaited<ReturnType<typeof read>>) =>
      rowsOf(pages.pages, 'orders').find(({ order_id }) => order_id === '88')?.content_hash
    expect(hash88(await read([single]))).toBe(hash88(await read([LARGE, single])))
  })

  it('of which only the first and last visit are known has those', async () => {
    const summary = { ...journeyNode([visitNode(1), visitNode(2)]), moments: null }
    const { pages } = await read([orderNode({ customerJourneySummary: summary })])
    expect(rowsOf(pages, 'touchpoints').map(({ visit_id }) => visit_id)).toEqual(['1', '2'])
    expect(rowsOf(pages, 'orders')).toMatchObject([{ journey: 'ready' }])
  })

  it('of one visit that is first and last at once has it once', async () => {
    const summary = { ...journeyNode([visitNode(1)]), moments: null }
    const { pages } = await read([orderNode({ customerJourneySummary: summary })])
    expect(rowsOf(pages, 'touchpoints')).toHaveLength(1)
  })

  it('that is deleted while its lines are being read is left out', async () => {
    const line = { ...lineNode({ original: '1.00' }), taxLines: undefined }
    const { lineItems: _, ...order } = orderNode()
    const page = { pageInfo: { hasNextPage: true, endCursor: 'more' }, nodes: [line] }
    const data = {
      orders: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [{ ...order, lineItems: page }] },
    }
    const { url, asked } = await shopAnswering(
      () => Response.json({ data }),
      () => Response.json({ data: { p0: null } }),
    )
    const pages = await pagesOf('orders', clientAt(url))
    expect([pages.length, rowsOf(pages, 'orders').length, rowsOf(pages, 'order_lines').length, asked.length]).toEqual([
      1, 0, 0, 2,
    ])
  })

  it('whose refund is listed but not shown is not delivered without it', async () => {
    const node = {
      ...orderNode({ refunds: [{ id: 'gid://shopify/Refund/7' }] }),
      lineItems: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] },
    }
    const data = { orders: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [node] } }
    const { url } = await shopAnswering(
      () => Response.json({ data }),
      () => Response.json({ data: { p0: null } }),
    )
    await expect(pagesOf('orders', clientAt(url))).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  })

  it('whose lines lead round in circles is refused', async () => {
    const { lineItems: _, ...order } = orderNode()
    const page = { pageInfo: { hasNextPage: true, endCursor: 'more' }, nodes: [lineNode({ original: '1.00' })] }
    const data = {
      orders: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [{ ...order, lineItems: page }] },
    }
    const { url, asked } = await shopAnswering(
      () => Response.json({ data }),
      () => Response.json({ data: { p0: { lineItems: page } } }),
    )
    await expect(pagesOf('orders', clientAt(url))).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
    expect(asked).toHaveLength(2)
  })
})

describe('pages of orders', () => {
  it('cost what is reckoned, at most 500 points, and hold as many orders as that allows', async () => {
    const lines = (count: number) => ({
      nodes: Array.from({ length: count }, (_, id) => lineNode({ id: id + 1, original: '1.00' })),
    })
    const { pages, costs } = await read(numbered(60, () => ({ lineItems: lines(2) })))
    expect(pages.map(({ count }) => count)).toEqual([9, 10, 10, 10, 10, 10, 1])
    // Three visits are asked for at first; after a page without any, one.
    expect(costs.map(({ requested }) => requested)).toEqual([2 + 9 * 51, ...Array(6).fill(2 + 10 * 47)])
  })

  it('hold twice as many orders in a shop of single lines and no visits', async () => {
    const { pages, costs } = await read(numbered(60))
    expect(pages.map(({ count }) => count)).toEqual([9, 16, 16, 16, 3])
    expect(costs.map(({ requested }) => requested)).toEqual([2 + 9 * 51, ...Array(4).fill(2 + 16 * 31)])
  })

  it('know the taxes of lines only where prices include them', async () => {
    const { pages, costs } = await read(
      numbered(30, () => ({
        taxesIncluded: true,
        lineItems: { nodes: [lineNode({ original: '1.10', taxes: [{ rate: 0.1, price: '0.10' }] })] },
      })),
    )
    expect(rowsOf(pages, 'order_lines').every(({ tax_micros }) => tax_micros === 100_000n)).toBe(true)
    expect(costs[1]?.requested).toBe(2 + 8 * 60)
  })

  it('continue after each page: nothing is missing, nothing comes twice', async () => {
    const { pages, url } = await read(numbered(45))
    const whole = rowsOf(pages, 'orders').map(({ order_id }) => order_id)
    expect(new Set(whole).size).toBe(45)
    let before = 0
    for (const page of pages.slice(0, -1)) {
      before += page.count
      const rest = await pagesOf('orders', clientAt(url), { range: { ...ALL, resume: page.resume } })
      expect(rowsOf(rest, 'orders').map(({ order_id }) => order_id)).toEqual(whole.slice(before))
    }
  })

  it('hold what changed in the half-open range', async () => {
    const { url } = await read(numbered(10))
    const pages = await pagesOf('orders', clientAt(url), {
      range: { since: new Date(minute(3)), until: new Date(minute(6)), resume: null },
    })
    expect(rowsOf(pages, 'orders').map(({ order_id }) => order_id)).toEqual(['4', '5', '6'])
    expect(pages.at(-1)).toMatchObject({ position: minute(5), resume: null })
  })

  it('wait for a small bucket before it is empty', async () => {
    let now = Date.parse(NOW)
    const waits = withoutWaiting((ms) => {
      now += ms
    })
    const clock = () => new Date(now)
    const shop = await shopServing({ orders: numbered(60), bucket: { maximumAvailable: 1000, restoreRate: 50 } }, clock)
    const pages = await pagesOf('orders', clientAt(shop.url, contextOf({ now: clock })))
    expect(rowsOf(pages, 'orders')).toHaveLength(60)
    expect(waits.length).toBeGreaterThan(0)
    expect(shop.costs.filter(({ throttled }) => throttled)).toEqual([])
  })

  it('become smaller when Shopify finds them too dear', async () => {
    const asked: number[] = []
    const { url } = await shopAnswering(({ variables }) => {
      const { first } = variables as { first: number }
      asked.push(first)
      if (first > 3) return Response.json({ errors: [{ message: 'No', extensions: { code: 'MAX_COST_EXCEEDED' } }] })
      return Response.json({ data: { orders: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } } })
    })
    await pagesOf('orders', clientAt(url))
    expect(asked).toEqual([9, 4, 2])
  })

  it('report what they do not know and keep it', async () => {
    const odd = {
      displayFinancialStatus: 'FROZEN',
      currencyCode: 'XYZ',
      refunds: [{ ...refundNode({ lines: [{ subtotal: '1.00' }] }) }],
    }
    const { pages } = await read(numbered(2, () => odd))
    expect(pages[0]?.drift).toEqual({ 'orders.displayFinancialStatus=FROZEN': 2, 'orders.currencyCode=XYZ': 2 })
    expect(rowsOf(pages, 'orders')).toMatchObject([{ financial_status: 'FROZEN', currency: 'XYZ' }, {}])
    expect(API_VERSION).toBe('2026-10')
  })

  it('leave out of texts what the database cannot hold', async () => {
    const { pages } = await read([
      orderNode({
        name: 'a\0b',
        lineItems: { nodes: [{ ...lineNode({ original: '1.00' }), title: 'c\ud800d' }] },
        totalPriceSet: bag('1.00'),
      }),
    ])
    expect(rowsOf(pages, 'orders')).toMatchObject([{ name: 'ab' }])
    expect(rowsOf(pages, 'order_lines')).toMatchObject([{ title: 'c\ufffdd' }])
  })
})
