import type { Nodes } from '../world.ts'
import type { Catalogue, Product, Variant } from './catalogue.ts'
import { decimal } from './money.ts'
import { DAY, HOUR, instant } from './zone-time.ts'

/** Units sold after the shelves were last counted, oldest first. */
export type Sale = { variant: number; quantity: number; at: number }

type Shop = {
  catalogue: Catalogue
  brand: string
  currency: string
  openedAt: number
  countedAt: number
  until: number
}

const gid = (type: string, id: number): string => `gid://shopify/${type}/${id}`

/** on hand = available + committed + reserved, as in the Admin API. */
function level(
  shop: Shop,
  variant: Variant,
  of: { location: { number: number; name: string }; available: number; at: number },
) {
  const committed = variant.number % 3
  const quantities = {
    available: of.available,
    on_hand: of.available + committed,
    committed,
    incoming: variant.number % 7 === 0 ? 48 : 0,
    reserved: 0,
  }
  return {
    id: `gid://shopify/InventoryLevel/${of.location.number}?inventory_item_id=${variant.number}`,
    updatedAt: instant(of.at),
    location: { id: gid('Location', of.location.number), name: of.location.name, isActive: true },
    quantities: Object.entries(quantities).map(([name, quantity]) => ({ name, quantity, updatedAt: instant(of.at) })),
    createdAt: instant(shop.openedAt),
  }
}

/** Sales leave the first location; it never goes below nothing. */
function variantNode(shop: Shop, variant: Variant, state: { sold: number; at: number }) {
  const levels = variant.stock.map((stock, index) => {
    const location = shop.catalogue.locations[index] ?? { number: 0, name: '' }
    return level(shop, variant, {
      location,
      available: Math.max(0, stock - (index === 0 ? state.sold : 0)),
      at: state.at,
    })
  })
  const available = variant.stock.reduce(
    (all, stock, index) => all + Math.max(0, stock - (index === 0 ? state.sold : 0)),
    0,
  )
  const { currency } = shop
  return {
    id: gid('ProductVariant', variant.number),
    sku: variant.sku || null,
    title: variant.title,
    price: decimal(variant.price, currency),
    compareAtPrice: null,
    inventoryQuantity: available,
    createdAt: instant(shop.openedAt),
    updatedAt: instant(state.at),
    inventoryItem: {
      id: gid('InventoryItem', variant.number),
      sku: variant.sku || null,
      tracked: variant.tracked,
      createdAt: instant(shop.openedAt),
      updatedAt: instant(state.at),
      unitCost:
        variant.unitCost === null ? null : { amount: decimal(variant.unitCost, currency), currencyCode: currency },
      inventoryLevels: { nodes: levels },
    },
  }
}

function productNode(shop: Shop, product: Product, state: { soldOf: (variant: number) => number; at: number }) {
  const variants = product.variants.map((variant) =>
    variantNode(shop, variant, { sold: state.soldOf(variant.number), at: state.at }),
  )
  return {
    id: gid('Product', product.id),
    legacyResourceId: String(product.id),
    title: product.title,
    handle: product.handle,
    status: product.status,
    vendor: shop.brand,
    productType: product.type,
    isGiftCard: product.isGiftCard,
    createdAt: instant(shop.openedAt),
    updatedAt: instant(state.at),
    publishedAt: product.status === 'ACTIVE' ? instant(shop.openedAt) : null,
    tags: [product.type],
    totalInventory: variants.reduce((all, { inventoryQuantity }) => all + inventoryQuantity, 0),
    variants: { nodes: variants },
  }
}

/** Every version of every product: at opening, at the count, and every six hours in which it sold. */
export function productNodes(shop: Shop, sales: readonly Sale[]): Nodes {
  const bySlot = Map.groupBy(sales, ({ at }) => Math.ceil((at - shop.countedAt) / (6 * HOUR)))
  const sold = new Map<number, number>()
  const soldOf = (variant: number): number => sold.get(variant) ?? 0
  const versions: { id: string; updatedAt: string; json: string }[] = []
  const write = (product: Product, at: number): void => {
    const node = productNode(shop, product, { soldOf, at })
    versions.push({ id: node.id, updatedAt: node.updatedAt, json: JSON.stringify(node) })
  }
  const jitter = (product: Product): number => product.number * 7000
  for (const product of shop.catalogue.products) write(product, shop.openedAt + jitter(product))
  for (const product of shop.catalogue.products) write(product, shop.countedAt + jitter(product))
  for (let slot = 1; shop.countedAt + slot * 6 * HOUR <= shop.until + DAY / 4; slot++) {
    const rows = bySlot.get(slot) ?? []
    for (const { variant, quantity } of rows) sold.set(variant, soldOf(variant) + quantity)
    const changed = new Set(rows.map(({ variant }) => variant))
    for (const product of shop.catalogue.products) {
      if (product.variants.some(({ number }) => changed.has(number)))
        write(product, shop.countedAt + slot * 6 * HOUR + jitter(product))
    }
  }
  return versions
}
