import { describe, expect, it } from 'vitest'
import { generateStores } from '../../scripts/sandbox/stores/generate.ts'
import type { Nodes, Store } from '../../scripts/sandbox/world.ts'

const EPOCH = new Date('2026-11-20T10:00:00Z')
const stores = generateStores({ seed: 'unit', tenants: 3, orders: 400, epoch: EPOCH })

// biome-ignore lint/suspicious/noExplicitAny: nodes are free-form JSON
type Node = any
const parsed = (nodes: Nodes): Node[] => nodes.map(({ json }) => JSON.parse(json))
const DIGITS: Record<string, number> = { JPY: 0, KWD: 3 }

/** Minor units of a money bag, read as a whole number. */
const minor = (bag: Node): number => Number(bag.shopMoney.amount.replace('.', ''))
const sum = (rows: Node[], amount: (row: Node) => number): number => rows.reduce((total, row) => total + amount(row), 0)
const taxOf = (row: Node): number => sum(row.taxLines, (line) => minor(line.priceSet))

function checkOrder(order: Node): void {
  const lines = order.lineItems.nodes
  const shipping = order.shippingLines.nodes
  const exclusive = order.taxesIncluded ? 0 : 1
  const is = (name: string, expected: number) => expect(minor(order[name]), `${order.name} ${name}`).toBe(expected)
  for (const line of lines) {
    expect(minor(line.originalTotalSet)).toBe(minor(line.originalUnitPriceSet) * line.quantity)
    expect(minor(line.totalDiscountSet)).toBe(sum(line.discountAllocations, (one) => minor(one.allocatedAmountSet)))
    expect(minor(line.discountedTotalSet)).toBe(minor(line.originalTotalSet) - minor(line.totalDiscountSet))
  }
  is(
    'totalDiscountsSet',
    sum(lines, (line) => minor(line.totalDiscountSet)),
  )
  is('subtotalPriceSet', sum(lines, (line) => minor(line.originalTotalSet)) - minor(order.totalDiscountsSet))
  is('totalTaxSet', sum(lines, taxOf) + sum(shipping, taxOf))
  is(
    'totalPriceSet',
    minor(order.subtotalPriceSet) + minor(order.totalShippingPriceSet) + exclusive * minor(order.totalTaxSet),
  )
  is(
    'totalRefundedSet',
    sum(order.refunds, (refund) => minor(refund.totalRefundedSet)),
  )
  is(
    'currentTotalPriceSet',
    minor(order.currentSubtotalPriceSet) +
      minor(order.currentShippingPriceSet) +
      exclusive * minor(order.currentTotalTaxSet),
  )
  is('netPaymentSet', minor(order.totalReceivedSet) - minor(order.totalRefundedSet))
  const shippingBack = sum(order.refunds, (refund) =>
    sum(refund.refundShippingLines.nodes, (line) => minor(line.subtotalAmountSet)),
  )
  if (!order.cancelledAt || shippingBack > 0)
    is('currentShippingPriceSet', minor(order.totalShippingPriceSet) - shippingBack)
  const [discount, ...others] = order.discountApplications.nodes
  if (discount && others.length === 0) is('totalDiscountsSet', discountOf(discount, lines))
  for (const refund of order.refunds) checkRefund(refund, exclusive)
}

/** What a discount comes to over the goods; gift cards are never discounted. */
function discountOf({ value }: Node, lines: Node[]): number {
  if (value.__typename === 'MoneyV2') return Number(value.amount.replace('.', ''))
  const goods = sum(lines, (line) => (line.isGiftCard ? 0 : minor(line.originalTotalSet)))
  return Math.round((goods * value.percentage) / 100)
}

function checkRefund(refund: Node, exclusive: number): void {
  const goods = sum(
    refund.refundLineItems.nodes,
    (line) => minor(line.subtotalSet) + exclusive * minor(line.totalTaxSet),
  )
  const shipping = sum(
    refund.refundShippingLines.nodes,
    (line) => minor(line.subtotalAmountSet) + exclusive * minor(line.taxAmountSet),
  )
  const adjusted = sum(refund.orderAdjustments.nodes, (one) => minor(one.amountSet))
  const paid = sum(refund.transactions.nodes, (one) => minor(one.amountSet))
  expect(minor(refund.totalRefundedSet)).toBe(paid)
  // An edit pays back the difference without naming lines.
  if (goods + shipping - adjusted > 0) expect(paid).toBe(goods + shipping - adjusted)
}

const all = (pick: (store: Store) => Nodes): Node[] => stores.flatMap((store) => parsed(pick(store)))

describe('generated stores', () => {
  const orders = all(({ shopify }) => shopify.orders)

  it('are the same bytes for the same seed, and others for another', () => {
    const again = generateStores({ seed: 'unit', tenants: 3, orders: 400, epoch: EPOCH })
    expect(JSON.stringify(again)).toBe(JSON.stringify(stores))
    expect(
      JSON.stringify(generateStores({ seed: 'other', tenants: 1, orders: 50, epoch: EPOCH })[0]?.shopify.orders[0]),
    ).not.toBe(JSON.stringify(stores[0]?.shopify.orders[0]))
  })

  it('add up to the last minor unit in every version of every order', () => {
    for (const order of orders) checkOrder(order)
  })

  it('write money with the digits of its currency', () => {
    for (const { currencyCode, totalPriceSet } of orders) {
      const digits = DIGITS[currencyCode] ?? 2
      expect(totalPriceSet.shopMoney.amount).toMatch(digits === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${digits}}$`))
    }
    expect(new Set(stores.map(({ currency }) => currency))).toEqual(new Set(['USD', 'GBP', 'AUD', 'EUR', 'KWD', 'JPY']))
  })

  it('refund a returned order by exactly what its removed units had cost', () => {
    const returned = orders.filter(
      ({ refunds, totalReceivedSet }) =>
        minor(totalReceivedSet) > 0 && refunds.some((refund: Node) => refund.refundLineItems.nodes.length > 0),
    )
    expect(returned.length).toBeGreaterThan(20)
    for (const order of returned) {
      const back = sum(order.refunds, (refund) => sum(refund.refundLineItems.nodes, (line) => minor(line.subtotalSet)))
      expect(minor(order.currentSubtotalPriceSet)).toBe(minor(order.subtotalPriceSet) - back)
    }
  })

  it('hold every kind of trouble that a shop has', () => {
    const some = (name: string, is: (order: Node) => boolean) => expect(orders.some(is), name).toBe(true)
    some('test', ({ test }) => test)
    some('cancelled', ({ cancelledAt }) => cancelledAt !== null)
    some('voided', ({ displayFinancialStatus }) => displayFinancialStatus === 'VOIDED')
    some('refund by amount', ({ refunds }) => refunds.some((refund: Node) => refund.orderAdjustments.nodes.length > 0))
    some('gift card', ({ lineItems }) => lineItems.nodes.some((line: Node) => line.isGiftCard))
    some(
      'edited',
      ({ refunds, lineItems }) =>
        refunds.length > 0 &&
        refunds.every((refund: Node) => refund.refundLineItems.nodes.length === 0) &&
        lineItems.nodes.some((line: Node) => line.currentQuantity < line.quantity),
    )
    some('no journey', ({ customerJourneySummary }) => customerJourneySummary === null)
    some('journey not ready', ({ customerJourneySummary }) => customerJourneySummary?.ready === false)
    some('foreign currency', ({ presentmentCurrencyCode, currencyCode }) => presentmentCurrencyCode !== currencyCode)
  })

  it('come oldest change first and reach past the epoch', () => {
    for (const { shopify } of stores) {
      const times = shopify.orders.map(({ updatedAt }) => updatedAt)
      expect(times).toEqual([...times].sort())
      expect(times.at(-1)?.localeCompare(EPOCH.toISOString())).toBe(1)
      const ids = parsed(shopify.orders)
        .filter(({ createdAt }) => createdAt <= '2026-11-20T10:00:00Z')
        .map(({ id }) => id)
      expect(new Set(ids).size).toBe(400)
    }
  })

  it('give each brand ids of its own and stock that adds up', () => {
    const ids = stores.flatMap(({ shopify }) => [
      ...new Set([...shopify.orders, ...shopify.products].map(({ id }) => id)),
    ])
    expect(new Set(ids).size).toBe(ids.length)
    for (const product of all(({ shopify }) => shopify.products)) {
      const levels = product.variants.nodes.flatMap((variant: Node) => variant.inventoryItem.inventoryLevels.nodes)
      for (const { quantities } of levels) {
        const of = (name: string): number => quantities.find((one: Node) => one.name === name).quantity
        expect(of('on_hand')).toBe(of('available') + of('committed') + of('reserved'))
      }
    }
  })
})

describe('generated ad accounts', () => {
  it('know the campaigns that the orders came from, most of them', () => {
    for (const { shopify, meta } of stores) {
      const known = new Set(meta?.campaigns.map(({ id }) => String(id)))
      const named = parsed(shopify.orders).flatMap((order) =>
        [...JSON.stringify(order).matchAll(/utm_id=(\d+)/g)].map(([, id]) => id ?? ''),
      )
      expect(named.every((id) => known.has(id))).toBe(true)
      expect(named.length > 0).toBe(meta !== null)
    }
  })

  it('claim sales within reason of the truth, in whole days oldest first', () => {
    for (const { meta } of stores) {
      if (!meta) continue
      const days = meta.insights.map(({ date_start }) => date_start)
      expect(days).toEqual([...days].sort())
      for (const row of meta.insights) expect(Number(row.impressions)).toBeGreaterThanOrEqual(Number(row.clicks))
    }
    expect(stores.filter(({ meta }) => meta?.revoked).length).toBe(1)
    expect(stores.filter(({ meta }) => meta === null).length).toBe(1)
  })
})
