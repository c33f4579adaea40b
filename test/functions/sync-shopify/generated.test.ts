import { expect, it } from 'vitest'
import * as z from 'zod'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { shopifySandbox } from '../../../scripts/sandbox/shopify/app.ts'
import { generateStores } from '../../../scripts/sandbox/stores/generate.ts'
import type { ShopifyStore } from '../../../scripts/sandbox/world.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { microsFromDecimal } from '../../../shared/units.ts'
import { listening } from '../../sandbox/listening.ts'
import { AMPLE } from '../../sandbox/shopify-world.ts'
import { contextOf, HISTORY, pagesOf, rowsOf } from './shop.ts'

const epoch = new Date('2026-11-18T00:00:00Z')
const stores = generateStores({ seed: 'orders add up', tenants: 3, orders: 250, epoch })

const Micros = z
  .object({ shopMoney: z.object({ amount: z.string().transform(microsFromDecimal) }) })
  .transform(({ shopMoney }) => shopMoney.amount)
const Node = z.object({
  id: z.string(),
  taxesIncluded: z.boolean(),
  totalPriceSet: Micros,
  totalTaxSet: Micros,
  totalShippingPriceSet: Micros,
  currentShippingPriceSet: Micros,
  currentTotalPriceSet: Micros,
  currentTotalTaxSet: Micros,
  refunds: z.array(
    z.object({ id: z.string(), orderAdjustments: z.object({ nodes: z.array(z.object({ amountSet: Micros })) }) }),
  ),
  lineItems: z.object({
    nodes: z.array(
      z.object({
        isGiftCard: z.boolean(),
        quantity: z.number(),
        currentQuantity: z.number(),
        discountedTotalSet: Micros,
        taxLines: z.array(z.object({ priceSet: Micros })),
      }),
    ),
  }),
})

/** The newest version of each order, by number. */
const newest = ({ orders }: ShopifyStore) =>
  new Map(orders.map(({ json }) => Node.parse(JSON.parse(json))).map((node) => [node.id.split('/').at(-1), node]))

/** What is left of the goods without tax, by the shop's current total: less shipping, taxes and gift cards. */
function currentGoods(node: z.output<typeof Node>): bigint {
  const cards = node.lineItems.nodes
    .filter(({ isGiftCard }) => isGiftCard)
    .reduce((sum, line) => sum + (line.discountedTotalSet * BigInt(line.currentQuantity)) / BigInt(line.quantity), 0n)
  const lineTaxes = node.lineItems.nodes
    .flatMap(({ taxLines }) => taxLines)
    .reduce((sum, { priceSet }) => sum + priceSet, 0n)
  const shippingTax = node.taxesIncluded && node.currentShippingPriceSet > 0n ? node.totalTaxSet - lineTaxes : 0n
  const shipping = node.currentShippingPriceSet - shippingTax
  return node.currentTotalPriceSet - node.currentTotalTaxSet - shipping - cards
}

it.each(stores)('$brand: every order adds up to what the shop itself says', async ({ shopify: shop, time_zone }) => {
  const app = shopifySandbox({
    now: () => new Date('2026-11-20T00:00:00Z'),
    stores: stores.map((store) => ({ ...store, shopify: { ...store.shopify, bucket: AMPLE } })),
  })
  process.env.SHOPIFY_URL = `${await listening(app)}/{shop}`
  forgetConfig()
  const client = shopify.client(
    { access_token: shop.access_token },
    contextOf({ accountId: shop.domain, timeZone: time_zone }),
  )
  const pages = await pagesOf('orders', client, { range: HISTORY })
  const nodes = newest(shop)
  const returns = Map.groupBy(rowsOf(pages, 'refunds'), ({ order_id }) => order_id)
  const orders = rowsOf(pages, 'orders')
  expect(orders.length).toBe(nodes.size)
  const byAmount = [...nodes.values()].flatMap(({ refunds }) =>
    refunds.flatMap(({ id, orderAdjustments }) =>
      orderAdjustments.nodes.map(({ amountSet }) => [id.split('/').at(-1), amountSet] as const),
    ),
  )
  const adjusted = rowsOf(pages, 'refunds')
    .filter(({ adjustment_micros }) => adjustment_micros !== 0n)
    .map(({ refund_id, adjustment_micros }) => [refund_id, adjustment_micros] as const)
  expect(byAmount.length).toBeGreaterThan(0)
  expect(new Map(adjusted)).toEqual(new Map(byAmount))
  for (const order of orders) {
    const node = nodes.get(order.order_id)
    if (!node) throw new Error(`${order.order_id} is not the shop's`)
    const sold = order.gross_micros - order.discounts_micros
    expect([order.name, sold + order.gift_cards_micros + order.tax_micros + order.shipping_micros]).toEqual([
      order.name,
      node.totalPriceSet,
    ])
    const returned = (returns.get(order.order_id) ?? []).reduce((sum, { returns_micros }) => sum + returns_micros, 0n)
    expect([order.name, sold - returned + order.adjustment_micros]).toEqual([order.name, currentGoods(node)])
  }
})
