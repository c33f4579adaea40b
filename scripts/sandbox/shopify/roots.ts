import { argument, listArgument, MAX_PAGE, pageSize, textArgument, type Variables } from './arguments.ts'
import type { BulkDesk } from './bulk/desk.ts'
import { listCursor, readListCursor } from './cursors.ts'
import { rejected } from './errors.ts'
import { type NodeIndex, numberOf, type SortKey } from './node-index.ts'
import type { Selection } from './plan.ts'
import { isRow, type Page, type Row, type Run, rowsOf } from './project.ts'
import { parseSearch } from './search-query.ts'
import { parseOrder, parseProduct, type ShopData } from './shop-data.ts'

/** No paginated list reaches further than this; its last page says that nothing follows. */
export const LIST_LIMIT = 25_000

export type RootRun = Run & {
  data: ShopData
  nowSeconds: number
  halfPages: boolean
  bulk: BulkDesk
}
export type Root = (selection: Selection, run: RootRun) => unknown

const SORT_KEYS: Readonly<Record<string, SortKey>> = {
  CREATED_AT: 'created_at',
  PROCESSED_AT: 'processed_at',
  UPDATED_AT: 'updated_at',
  ID: 'id',
}

const SCOPES = [
  'read_orders',
  'read_all_orders',
  'read_products',
  'read_inventory',
  'read_locations',
  'read_customers',
  'read_discounts',
  'read_returns',
]

const parseRow = (json: string): Row => {
  const value: unknown = JSON.parse(json)
  return isRow(value) ? value : {}
}

type Listing = { index: (data: ShopData) => NodeIndex; parse: (json: string) => Row; defaultSort: SortKey }

/** Lists of nodes by their field. */
export const LISTINGS: Readonly<Record<string, Listing>> = {
  orders: { index: ({ orders }) => orders, parse: parseOrder, defaultSort: 'processed_at' },
  products: { index: ({ products }) => products, parse: parseProduct, defaultSort: 'id' },
  productVariants: { index: ({ variants }) => variants, parse: parseRow, defaultSort: 'id' },
  inventoryItems: { index: ({ inventoryItems }) => inventoryItems, parse: parseRow, defaultSort: 'id' },
}

/** What a list holds and how it is sorted, by its arguments. */
export const listed = ({ defaultSort }: Listing, selection: Selection, variables: Variables) => ({
  sortKey: SORT_KEYS[textArgument(selection, 'sortKey', variables) ?? ''] ?? defaultSort,
  reverse: argument(selection, 'reverse', variables) === true,
  search: parseSearch(textArgument(selection, 'query', variables) ?? ''),
})

function list(listing: Listing, selection: Selection, run: RootRun): Page {
  const { variables } = run
  const first = pageSize(selection, variables)
  const afterText = textArgument(selection, 'after', variables)
  const after = afterText === null ? null : readListCursor(afterText)
  const seen = after?.seen ?? 0
  if (seen >= LIST_LIMIT)
    throw rejected(`Cannot paginate past the ${LIST_LIMIT}th object of a list`, { code: 'BAD_REQUEST' })
  const count = Math.min(run.halfPages ? Math.max(1, Math.floor(first / 2)) : first, LIST_LIMIT - seen)
  const { rows, hasMore } = listing.index(run.data).page({
    ...listed(listing, selection, variables),
    after,
    count,
    nowSeconds: run.nowSeconds,
  })
  return {
    rows: rows.map(({ json }) => listing.parse(json)),
    cursor: (index) => {
      const position = rows[index]?.position ?? { value: 0, id: 0 }
      return listCursor({ ...position, seen: seen + index + 1 })
    },
    hasNextPage: hasMore && seen + rows.length < LIST_LIMIT,
    hasPreviousPage: seen > 0,
  }
}

/** Locations are few: they are gathered from the stock levels and fit one page. */
function locations({ data, nowSeconds }: RootRun): Page {
  const found = new Map<string, Row>()
  for (const json of data.products.all(nowSeconds)) {
    for (const variant of rowsOf(parseProduct(json).variants)) {
      const levels = isRow(variant.inventoryItem) ? rowsOf(variant.inventoryItem.inventoryLevels) : []
      for (const { location } of levels) if (isRow(location)) found.set(String(location.id), location)
    }
  }
  const rows = [...found.values()].sort((a, b) => numberOf(String(a.id)) - numberOf(String(b.id))).slice(0, MAX_PAGE)
  return {
    rows,
    cursor: (index) => listCursor({ value: 0, id: numberOf(String(rows[index]?.id)), seen: index + 1 }),
    hasNextPage: false,
    hasPreviousPage: false,
  }
}

function order(id: string, { data, nowSeconds }: RootRun): Row | null {
  const json = data.orders.find(id, nowSeconds)
  return json === null ? null : parseOrder(json)
}

function childOfOrder(id: string, member: 'refunds' | 'lineItems', run: RootRun): Row | null {
  const parent = run.data.orderOf(id)
  const row = parent === null ? null : order(parent, run)
  return row ? (rowsOf(row[member]).find((child) => child.id === id) ?? null) : null
}

const found = (json: string | null, parse: (json: string) => Row): Row | null => (json === null ? null : parse(json))

/** Any object that can be asked for by its global id. */
function node(id: string, run: RootRun): Row | null {
  const { data, nowSeconds } = run
  const type = /^gid:\/\/shopify\/(\w+)\/\d+$/.exec(id)?.[1]
  if (type === 'Order') return order(id, run)
  if (type === 'Refund') return childOfOrder(id, 'refunds', run)
  if (type === 'LineItem') return childOfOrder(id, 'lineItems', run)
  if (type === 'Product') return found(data.products.find(id, nowSeconds), parseProduct)
  if (type === 'ProductVariant') return found(data.variants.find(id, nowSeconds), parseRow)
  if (type === 'BulkOperation') return run.bulk.look(id)
  if (type === 'InventoryItem') return found(data.inventoryItems.find(id, nowSeconds), parseRow)
  if (type === undefined)
    throw rejected(`Invalid global id '${id}'`, { code: 'argumentLiteralsIncompatible', typeName: 'CoercionError' })
  return null
}

/** Without a limit the count is exact; beyond one it is at least that. */
const ordersCount: Root = (selection, { data, nowSeconds, variables }) => {
  const given = argument(selection, 'limit', variables)
  const limit = typeof given === 'number' ? given : given === null ? Number.MAX_SAFE_INTEGER : 10_000
  const search = parseSearch(textArgument(selection, 'query', variables) ?? '')
  const found = data.orders.page({
    sortKey: 'updated_at',
    reverse: false,
    search,
    after: null,
    count: limit,
    nowSeconds,
  })
  return { count: found.rows.length, precision: found.hasMore ? 'AT_LEAST' : 'EXACT' }
}

const byId: Root = (selection, run) => node(textArgument(selection, 'id', run.variables) ?? '', run)

export const ROOTS: Readonly<Record<string, Root>> = {
  shop: (_, { data }) => data.store.shop,
  currentAppInstallation: () => ({
    id: 'gid://shopify/AppInstallation/1',
    accessScopes: SCOPES.map((handle) => ({ handle, description: handle })),
  }),
  ...Object.fromEntries(
    Object.entries(LISTINGS).map(([name, listing]): [string, Root] => [
      name,
      (selection, run) => list(listing, selection, run),
    ]),
  ),
  ordersCount,
  bulkOperation: byId,
  locations: (_, run) => locations(run),
  order: byId,
  product: byId,
  productVariant: byId,
  inventoryItem: byId,
  node: byId,
  nodes: (selection, run) => {
    const ids = listArgument(selection, 'ids', run.variables)
    if (ids.length > MAX_PAGE)
      throw rejected(`The input array size of ${ids.length} is greater than the maximum allowed of ${MAX_PAGE}.`, {
        code: 'MAX_INPUT_SIZE_EXCEEDED',
      })
    return ids.map((id) => node(id, run))
  },
}
