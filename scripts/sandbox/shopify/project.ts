import { firstOf, isIncluded, listArgument, pageSize, textArgument, type Variables } from './arguments.ts'
import { isFree } from './cost.ts'
import { nestedCursor, readNestedCursor } from './cursors.ts'
import type { Plan, Selection } from './plan.ts'

export type Row = Readonly<Record<string, unknown>>
/** One page of a connection; `cursor` is asked for only where a query selects it. */
export type Page = {
  rows: readonly Row[]
  cursor: (index: number) => string
  hasNextPage: boolean
  hasPreviousPage: boolean
}

/** A query on its way: `spent` counts the points of what was really returned. */
export type Run = { variables: Variables; spent: number }

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rows of a list in any of the forms that recorded nodes use: a list, `{nodes}` or `{edges: [{node}]}`. */
export function rowsOf(value: unknown): Row[] {
  if (Array.isArray(value)) return value.filter(isRow)
  if (!isRow(value)) return []
  if (Array.isArray(value.nodes)) return value.nodes.filter(isRow)
  return Array.isArray(value.edges)
    ? value.edges
        .filter(isRow)
        .map(({ node }) => node)
        .filter(isRow)
    : []
}

type Resolve = (row: Row, selection: Selection, run: Run) => unknown

/** Fields that are not simply a member of the stored node. */
const RESOLVED: Readonly<Record<string, Resolve>> = {
  'MoneyBag.presentmentMoney': (row) => row.presentmentMoney ?? row.shopMoney,
  'TaxLine.ratePercentage': (row) => (typeof row.rate === 'number' ? Math.round(row.rate * 1e6) / 1e4 : null),
  'Order.discountCode': (row) => (Array.isArray(row.discountCodes) ? (row.discountCodes[0] ?? null) : null),
  'Order.subtotalLineItemsQuantity': (row) =>
    rowsOf(row.lineItems).reduce((sum, { quantity }) => sum + (typeof quantity === 'number' ? quantity : 0), 0),
  'CustomerJourneySummary.momentsCount': ({ momentsCount, moments }) =>
    momentsCount ?? (moments ? { count: rowsOf(moments).length, precision: 'EXACT' } : null),
  'InventoryLevel.quantities': (row, selection, run) => {
    const names = listArgument(selection, 'names', run.variables)
    return rowsOf(row.quantities).filter(({ name }) => names.includes(String(name)))
  },
}

const GID_TYPE = /^gid:\/\/shopify\/(\w+)\//

/** The concrete type of a row of an interface or union. */
function typeOf(row: Row, declared: string): string {
  if (typeof row.__typename === 'string') return row.__typename
  return typeof row.id === 'string' ? (GID_TYPE.exec(row.id)?.[1] ?? declared) : declared
}

function leaf(row: Row, selection: Selection, run: Run): unknown {
  const value = RESOLVED[selection.path]?.(row, selection, run) ?? row[selection.name] ?? null
  if (value === null && selection.name === 'legacyResourceId' && typeof row.id === 'string')
    return row.id.split('/').at(-1)
  return value
}

/** Pages a list that is stored whole inside its parent. */
function nestedPage(value: unknown, selection: Selection, run: Run): Page {
  const all = rowsOf(value)
  const after = textArgument(selection, 'after', run.variables)
  const start = after === null ? 0 : readNestedCursor(after)
  const rows = all.slice(start, start + pageSize(selection, run.variables))
  return {
    rows,
    cursor: (index) => nestedCursor(start + index + 1),
    hasNextPage: start + rows.length < all.length,
    hasPreviousPage: start > 0,
  }
}

function connection(page: Page, selection: Selection, run: Run): Row {
  const { rows, cursor, hasNextPage, hasPreviousPage } = page
  const last = rows.length - 1
  const ends = { startCursor: last < 0 ? null : cursor(0), endCursor: last < 0 ? null : cursor(last) }
  const wantsEdges = selection.plan.some(({ name }) => name === 'edges')
  const edges = wantsEdges ? rows.map((node, index) => ({ cursor: cursor(index), node })) : []
  run.spent += 2
  return project(selection.plan, { nodes: rows, edges, pageInfo: { hasNextPage, hasPreviousPage, ...ends } }, run)
}

const isPage = (value: unknown): value is Page => isRow(value) && typeof value.cursor === 'function'

/** Shapes a field's stored value as the query selects it. */
export function shape(value: unknown, selection: Selection, run: Run): unknown {
  const { kind, plan } = selection
  if (kind === 'connection')
    return connection(isPage(value) ? value : nestedPage(value, selection, run), selection, run)
  if (kind === 'object') return isRow(value) ? one(value, selection, run) : null
  if (kind !== 'list') return value
  if (selection.path === 'QueryRoot.nodes')
    return Array.isArray(value) ? value.map((row) => (isRow(row) ? one(row, selection, run) : null)) : []
  const first = firstOf(selection, run.variables)
  const rows = rowsOf(value)
  return (first === null ? rows : rows.slice(0, first)).map((row) => {
    if (!isFree(selection.type)) run.spent += 1
    return project(plan, row, run, selection.type)
  })
}

function one(row: Row, selection: Selection, run: Run): Row {
  if (!isFree(selection.type)) run.spent += 1
  return project(selection.plan, row, run, selection.type)
}

export function project(plan: Plan, row: Row, run: Run, declared = ''): Row {
  const out: Record<string, unknown> = {}
  for (const selection of plan) {
    const { kind, only, conditions } = selection
    if (only !== null && !only.has(typeOf(row, declared))) continue
    if (conditions.length > 0 && !isIncluded(selection, run.variables)) continue
    if (kind === 'leaf') out[selection.key] = leaf(row, selection, run)
    else if (kind === 'typename') out[selection.key] = typeOf(row, selection.type)
    else
      out[selection.key] = shape(RESOLVED[selection.path]?.(row, selection, run) ?? row[selection.name], selection, run)
  }
  return out
}
