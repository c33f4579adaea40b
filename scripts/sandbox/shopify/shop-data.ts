import type { Nodes, ShopifyStore } from '../world.ts'
import { type Bucket, leakyBucket } from './bucket.ts'
import { NodeIndex } from './node-index.ts'
import { isRow, type Row, rowsOf } from './project.ts'

/** One shop, ready to be asked. Everything but the bucket is built when first needed. */
export type ShopData = {
  store: ShopifyStore
  bucket: Bucket
  orders: NodeIndex
  products: NodeIndex
  variants: NodeIndex
  inventoryItems: NodeIndex
  /** Id of the order that a refund or line item belongs to. */
  orderOf: (childId: string) => string | null
}

const parse = (json: string): Row => {
  const value: unknown = JSON.parse(json)
  return isRow(value) ? value : {}
}

/** Parses an order and lets its refunds point back to it. */
export function parseOrder(json: string): Row {
  const order = parse(json)
  const refunds: Row[] = rowsOf(order.refunds).map((refund) => ({ ...refund, order }))
  return Object.assign(order, { refunds })
}

/** Parses a product and links variants, inventory items and levels to their parents. */
export function parseProduct(json: string): Row {
  const product = parse(json)
  for (const variant of rowsOf(product.variants)) {
    Object.assign(variant, { product })
    if (!isRow(variant.inventoryItem)) continue
    Object.assign(variant.inventoryItem, { variant })
    for (const level of rowsOf(variant.inventoryItem.inventoryLevels))
      Object.assign(level, { item: variant.inventoryItem })
  }
  return product
}

/** Variants as nodes of their own, or their inventory items; each keeps what it needs of its parent. */
function derived(products: Nodes, part: 'variant' | 'inventoryItem'): Nodes {
  const nodes = products.flatMap(({ json, updatedAt }) => {
    const { variants, ...product } = parse(json)
    return rowsOf(variants).flatMap((variant) => {
      const { inventoryItem, ...bare } = variant
      const whole =
        part === 'variant'
          ? { ...variant, product }
          : isRow(inventoryItem) && { ...inventoryItem, variant: { ...bare, product } }
      if (!whole) return []
      const row: Row = whole
      const at = typeof row.updatedAt === 'string' ? row.updatedAt : updatedAt
      return [{ id: String(row.id), updatedAt: at, json: JSON.stringify(row) }]
    })
  })
  return nodes.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
}

const CHILD = /"id":\s*"(gid:\/\/shopify\/(?:Refund|LineItem)\/\d+)"/g

function childIndex(orders: Nodes): Map<string, string> {
  const parents = new Map<string, string>()
  for (const { id, json } of orders) for (const [, child = ''] of json.matchAll(CHILD)) parents.set(child, id)
  return parents
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export function shopData(store: ShopifyStore, now: () => Date): ShopData {
  const orders = once(() => new NodeIndex(store.orders))
  const products = once(() => new NodeIndex(store.products))
  const variants = once(() => new NodeIndex(derived(store.products, 'variant')))
  const items = once(() => new NodeIndex(derived(store.products, 'inventoryItem')))
  const parents = once(() => childIndex(store.orders))
  return {
    store,
    bucket: leakyBucket(store.bucket, now),
    get orders() {
      return orders()
    },
    get products() {
      return products()
    },
    get variants() {
      return variants()
    },
    get inventoryItems() {
      return items()
    },
    orderOf: (childId) => parents().get(childId) ?? null,
  }
}
