import { expect, it } from 'vitest'
import { numberOf } from '../../../functions/sync-shopify/rows/scalars.ts'
import { allRowsOf, orderRowOf } from './order-row.ts'
import { rowsOfTable } from './shop.ts'
import { bag, journeyNode, lineNode, refundNode, visitNode } from './wire-nodes.ts'

it('names rows by the number in their id', () => {
  expect(numberOf('gid://shopify/Order/450789469')).toBe('450789469')
  expect(numberOf('gid://shopify/InventoryLevel/12?inventory_item_id=3')).toBe('12')
  expect(numberOf('gid://shopify/Order/9007199254740993')).toBe('9007199254740993')
  const [line] = rowsOfTable(allRowsOf(), 'order_lines')
  expect(line).toMatchObject({
    order_id: '1',
    line_id: '1',
    variant_id: '11',
    product_id: null,
    sku: null,
    title: 'Mug',
  })
})

it("cuts the day in the brand's zone", () => {
  const at = { processedAt: '2026-11-02T04:30:00Z' }
  expect(orderRowOf(at, { timeZone: 'America/New_York' }).day).toBe('2026-11-01')
  expect(orderRowOf(at, { timeZone: 'Asia/Tokyo' }).day).toBe('2026-11-02')
})

it('knows a customer by the pseudonym alone', () => {
  expect(orderRowOf()).toMatchObject({ customer_key: 'pseudonym of gid://shopify/Customer/5' })
  expect(orderRowOf({ customer: null })).toMatchObject({ customer_key: null })
  expect(
    JSON.stringify(allRowsOf({}, { pseudonym: () => 'x' }), (_, value) => (typeof value === 'bigint' ? '' : value)),
  ).not.toContain('Customer/5')
})

it('books a refund on its own day, without tax and gift cards', () => {
  const rows = allRowsOf(
    {
      taxesIncluded: true,
      lineItems: {
        nodes: [lineNode({ original: '35.70', quantity: 3 }), lineNode({ id: 2, original: '50.00', isGiftCard: true })],
      },
      refunds: [
        refundNode({
          createdAt: '2026-11-06T02:00:00Z',
          total: '85.70',
          lines: [
            { id: 71, line: 1, quantity: 2, subtotal: '23.80', tax: '3.80' },
            { id: 72, line: 2, subtotal: '50.00' },
          ],
        }),
      ],
    },
    { timeZone: 'America/New_York' },
  )
  expect(rows.refunds).toEqual([
    {
      order_id: '1',
      refund_id: '7',
      created_at: '2026-11-06T02:00:00Z',
      day: '2026-11-05',
      units: 2n,
      returns_micros: 20_000_000n,
      adjustment_micros: 0n,
      tax_micros: 3_800_000n,
      refunded_micros: 85_700_000n,
    },
  ])
  expect(rows.refund_lines).toMatchObject([
    { refund_line_id: '71', line_id: '1', quantity: 2n, returns_micros: 20_000_000n, restock_type: 'RETURN' },
    { refund_line_id: '72', line_id: '2', quantity: 1n, returns_micros: 0n, tax_micros: 0n },
  ])
})

it('keeps a test order and a cancelled one as what they are', () => {
  expect(orderRowOf({ test: true })).toMatchObject({ is_test: true })
  expect(orderRowOf({ cancelledAt: '2026-11-02T00:00:00Z' })).toMatchObject({ cancelled_at: '2026-11-02T00:00:00Z' })
})

it('says whether the journey is known', () => {
  const known = (ready: boolean, visits: number) => ({
    ready,
    visits: Array.from({ length: visits }, (_, id) => visitNode(id)),
  })
  const journeyOf = (journey: ReturnType<typeof known> | null) =>
    orderRowOf({ customerJourneySummary: journey }).journey
  expect([null, known(false, 0), known(true, 0), known(true, 1)].map(journeyOf)).toEqual([
    'none',
    'pending',
    'none',
    'ready',
  ])
})

it('makes a touchpoint of each visit, with parameters but never the URL', () => {
  const secret = 'https://unit.example/account?utm_source=fb&utm_medium=cpc&email=jo%40unit.example&session=abc'
  const journey = {
    ready: true,
    visits: [visitNode(31, { landingPage: secret, utmParameters: null, occurredAt: '2026-10-01T03:00:00Z' })],
  }
  const rows = allRowsOf({ customerJourneySummary: journey }, { timeZone: 'America/New_York' })
  expect(rows.touchpoints).toEqual([
    {
      order_id: '1',
      visit_id: '31',
      occurred_at: '2026-10-01T03:00:00Z',
      day: '2026-09-30',
      bucket: 'paid',
      provider: 'meta',
      campaign_id_hint: null,
      campaign_name_hint: null,
      parameters: { utm_source: 'fb', utm_medium: 'cpc' },
      referrer_host: 'l.facebook.com',
    },
  ])
  expect(journeyNode([]).moments.nodes).toEqual([])
})

it('changes the content hash with any part of the order, and only then', () => {
  const hash = orderRowOf({ refunds: [refundNode({ lines: [{ subtotal: '1.00' }] })] }).content_hash
  expect(hash).toMatch(/^[\w-]{43}$/)
  expect(orderRowOf({ refunds: [refundNode({ lines: [{ subtotal: '1.00' }] })] }).content_hash).toBe(hash)
  expect(orderRowOf({ refunds: [refundNode({ lines: [{ subtotal: '1.01' }] })] }).content_hash).not.toBe(hash)
  expect(orderRowOf({ totalTaxSet: bag('0.01') }).content_hash).not.toBe(orderRowOf().content_hash)
})

it('always brings the tables of an order, so that what was removed goes', () => {
  const tables = ['orders', 'order_lines', 'refunds', 'refund_lines', 'order_transactions', 'touchpoints']
  expect(Object.keys(allRowsOf())).toEqual(tables)
})
