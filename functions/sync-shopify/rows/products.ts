import type { Row, Rows } from '../../../shared/db/tables.ts'
import { microsFromDecimal } from '../../../shared/units.ts'
import type { Level, Product, VariantNode } from './product-nodes.ts'
import { numberOf } from './scalars.ts'

/** Products with their variants and stock. Prices are micros of the shop's currency. */
export function productRows(products: readonly Product[]): Rows {
  return {
    products: products.map(productRow),
    variants: products.flatMap(({ id, variants }) => variants.map(({ variant }) => variantRow(id, variant))),
    inventory_levels: products.flatMap(({ id, variants }) =>
      variants.flatMap(({ variant, levels }) => levels.map((level) => levelRow(id, variant, level))),
    ),
  }
}

const productRow = (product: Product): Row<'products'> => ({
  product_id: numberOf(product.id),
  title: product.title,
  handle: product.handle,
  status: product.status,
  vendor: product.vendor,
  product_type: product.productType,
  created_at: product.createdAt,
  updated_at: product.updatedAt,
})

function variantRow(productId: string, variant: VariantNode): Row<'variants'> {
  const { id, tracked, unitCost } = variant.inventoryItem
  return {
    variant_id: numberOf(variant.id),
    product_id: numberOf(productId),
    sku: variant.sku,
    title: variant.title,
    price_micros: variant.price === null ? null : microsFromDecimal(variant.price),
    inventory_item_id: numberOf(id),
    tracked,
    // A cost that the merchant left empty is unknown, never 0.
    unit_cost_micros: unitCost && microsFromDecimal(unitCost.amount),
    unit_cost_currency: unitCost?.currencyCode ?? null,
    updated_at: variant.updatedAt,
  }
}

function levelRow(productId: string, variant: VariantNode, level: Level): Row<'inventory_levels'> {
  const quantity = (name: string): bigint | null => {
    const found = level.quantities.find((one) => one.name === name)
    return found === undefined ? null : BigInt(found.quantity)
  }
  return {
    inventory_item_id: numberOf(variant.inventoryItem.id),
    location_id: numberOf(level.location.id),
    product_id: numberOf(productId),
    location_name: level.location.name,
    available: quantity('available'),
    on_hand: quantity('on_hand'),
    committed: quantity('committed'),
    incoming: quantity('incoming'),
    reserved: quantity('reserved'),
    updated_at: level.updatedAt,
  }
}
