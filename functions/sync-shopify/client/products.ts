import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import { driftOf } from '../rows/drift.ts'
import {
  type Level,
  LevelsPart,
  type Product,
  type ProductNode,
  ProductsPage,
  type VariantNode,
  VariantsPart,
} from '../rows/product-nodes.ts'
import { productRows } from '../rows/products.ts'
import { parsed } from '../rows/scalars.ts'
import { complete, eachOnce, type ListPage, nextCursor, type Part, pagesOf } from './lists.ts'
import { API_VERSION, type Budget, PARTS, productsQuery, TARGET_POINTS, withinBudget } from './queries.ts'

/** Products changed in [since, until), oldest change first, with all variants and their stock at every location. */
export function productPages(client: ShopifyClient, range: Range, _context: ConnectionContext): AsyncGenerator<Page> {
  const budget: Budget = { points: TARGET_POINTS }
  return pagesOf(range, (at) => readPage({ client, budget }, at))
}

type Reading = { client: ShopifyClient; budget: Budget }

async function readPage({ client, budget }: Reading, at: { filter: string; after: string | null }): Promise<ListPage> {
  const { products: page } = await withinBudget(budget, async (points) =>
    parsed(ProductsPage, await client.query(productsQuery({ ...at, budget: points }))),
  )
  const drafts = page.nodes.map(draftOf)
  // Variants that come later bring stock lists of their own.
  await complete(client, budget, drafts.flatMap(moreVariants))
  await complete(client, budget, drafts.flatMap(moreLevels))
  const products = drafts.filter(({ deleted }) => !deleted).map(finished)
  return {
    rows: productRows(products),
    count: page.nodes.length,
    lastUpdatedAt: page.nodes.at(-1)?.updatedAt ?? null,
    pageInfo: page.pageInfo,
    drift: { ...driftOf.products(products), ...driftOf.version(client.servedVersion(), API_VERSION) },
  }
}

type Draft = { node: ProductNode; variants: VariantNode[]; deleted: boolean }

const draftOf = (node: ProductNode): Draft => ({ node, variants: node.variants.nodes, deleted: false })

function moreVariants(draft: Draft): Part[] {
  const next = nextCursor(draft.node.variants, null)
  return next === null ? [] : [variantsPart(draft, next)]
}

function variantsPart(draft: Draft, after: string): Part {
  const take = (node: unknown): Part | null => {
    const page = parsed(VariantsPart, node).variants
    draft.variants.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : variantsPart(draft, next)
  }
  const gone = (): void => {
    draft.deleted = true
  }
  return { id: draft.node.id, after, query: PARTS.variants, take, gone }
}

const moreLevels = ({ variants }: Draft): Part[] =>
  variants.flatMap(({ inventoryItem: { id, inventoryLevels } }) => {
    const next = nextCursor(inventoryLevels, null)
    return next === null ? [] : [levelsPart({ id, into: inventoryLevels.nodes }, next)]
  })

function levelsPart(target: { id: string; into: Level[] }, after: string): Part {
  const take = (node: unknown): Part | null => {
    const page = parsed(LevelsPart, node).inventoryLevels
    target.into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : levelsPart(target, next)
  }
  return { id: target.id, after, query: PARTS.levels, take, gone: () => {} }
}

function finished({ node, variants }: Draft): Product {
  const { variants: _, ...product } = node
  return {
    ...product,
    variants: eachOnce(variants).map((variant) => ({ variant, levels: variant.inventoryItem.inventoryLevels.nodes })),
  }
}
