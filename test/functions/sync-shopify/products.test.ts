import { expect, it } from 'vitest'
import { clientAt, pagesOf, rowsOf, shopServing } from './shop.ts'
import { productNode } from './wire-nodes.ts'

it('brings products with all variants and their stock at all locations', async () => {
  const { url, costs } = await shopServing({
    products: [productNode(1), productNode(2, { variants: 120, levels: 7 }), productNode(3, { status: 'HIDDEN' })],
  })
  const pages = await pagesOf('products', clientAt(url))
  expect(rowsOf(pages, 'products')).toMatchObject([
    { product_id: '1', handle: 'product-1' },
    { product_id: '2' },
    { status: 'HIDDEN' },
  ])
  expect(new Set(rowsOf(pages, 'variants').map(({ variant_id }) => variant_id)).size).toBe(122)
  const levels = rowsOf(pages, 'inventory_levels')
  expect(new Set(levels.map(({ inventory_item_id, location_id }) => `${inventory_item_id}@${location_id}`)).size).toBe(
    1 + 120 * 7 + 1,
  )
  expect(Math.max(...costs.map(({ requested }) => requested))).toBeLessThanOrEqual(500)
  expect(pages.at(-1)?.drift).toEqual({ 'products.status=HIDDEN': 1 })
})

it('knows stock, price and cost, and what it does not know is null', async () => {
  const { url } = await shopServing({ products: [productNode(1, { variants: 2 })] })
  const pages = await pagesOf('products', clientAt(url))
  expect(rowsOf(pages, 'variants')).toMatchObject([
    {
      variant_id: '1000',
      product_id: '1',
      price_micros: 12_500_000n,
      unit_cost_micros: 4_200_000n,
      unit_cost_currency: 'USD',
      tracked: true,
    },
    { variant_id: '1001', unit_cost_micros: null, unit_cost_currency: null },
  ])
  expect(rowsOf(pages, 'inventory_levels')[0]).toMatchObject({
    product_id: '1',
    location_id: '1',
    location_name: 'Store 1',
    available: -2n,
    on_hand: 3n,
    committed: null,
  })
})

it('asks for as much as is reckoned', async () => {
  const { url, costs } = await shopServing({
    products: Array.from({ length: 20 }, (_, index) => productNode(index + 1)),
  })
  const pages = await pagesOf('products', clientAt(url))
  expect(pages.map(({ count }) => count)).toEqual([8, 8, 4])
  expect(costs[0]?.requested).toBe(2 + 8 * 58)
})
