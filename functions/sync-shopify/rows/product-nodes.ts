import * as z from 'zod'
import { connection, Decimal, Gid, Instant, Money, Text } from './scalars.ts'

const Level = z.object({
  updatedAt: Instant.nullable(),
  location: z.object({ id: Gid, name: Text.nullable() }),
  quantities: z.array(z.object({ name: z.string(), quantity: z.int() })),
})
export type Level = z.output<typeof Level>

const Variant = z.object({
  id: Gid,
  sku: Text.nullable(),
  title: Text.nullable(),
  price: Decimal.nullable(),
  updatedAt: Instant.nullable(),
  inventoryItem: z.object({
    id: Gid,
    tracked: z.boolean().nullable(),
    unitCost: Money.nullable(),
    inventoryLevels: connection(Level),
  }),
})
export type VariantNode = z.output<typeof Variant>

const ProductNode = z.object({
  id: Gid,
  title: Text,
  handle: Text.nullable(),
  status: z.string().nullable(),
  vendor: Text.nullable(),
  productType: Text.nullable(),
  createdAt: Instant.nullable(),
  updatedAt: Instant,
  variants: connection(Variant),
})
export type ProductNode = z.output<typeof ProductNode>

export type Product = Omit<ProductNode, 'variants'> & { variants: { variant: VariantNode; levels: Level[] }[] }

export const ProductsPage = z.object({ products: connection(ProductNode) })
export const VariantsPart = z.object({ variants: connection(Variant) })
export const LevelsPart = z.object({ inventoryLevels: connection(Level) })
