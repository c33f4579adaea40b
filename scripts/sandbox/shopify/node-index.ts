import { topLevel } from '../top-level.ts'
import type { Nodes } from '../world.ts'
import type { Range, Search, TimeField } from './search-query.ts'

export type SortKey = TimeField | 'id'
/** Where a page starts: the last row of the page before. */
export type Position = { value: number; id: number }
export type PageRequest = {
  sortKey: SortKey
  reverse: boolean
  search: Search
  after: Position | null
  count: number
  nowSeconds: number
}
export type PageOfNodes = { rows: { json: string; position: Position }[]; hasMore: boolean }

type Ordering = { values: Float64Array; order: Uint32Array }

const MEMBER: Record<TimeField, string> = {
  created_at: 'createdAt',
  processed_at: 'processedAt',
  updated_at: 'updatedAt',
}

const secondsOf = (instant: string): number => Math.floor(Date.parse(instant) / 1000)

/** `gid://shopify/Order/12` and `gid://shopify/InventoryLevel/12?inventory_item_id=3` both are number 12. */
export const numberOf = (gid: string): number => Number(/\/(\d+)(?:\?|$)/.exec(gid)?.[1] ?? 0)

/**
 * Finds pages of a store's nodes without reading their JSON. A node may have several versions; at any time exactly its
 * newest version not later than now is there. Orderings are built on first use and then kept.
 */
export class NodeIndex {
  readonly #nodes: Nodes
  readonly #updated: Float64Array
  readonly #ids: Float64Array
  /** When a version is replaced by the next one of the same node. */
  readonly #replaced: Float64Array
  readonly #versions = new Map<string, number[]>()
  readonly #orderings = new Map<SortKey, Ordering>()

  constructor(nodes: Nodes) {
    this.#nodes = nodes
    this.#updated = Float64Array.from(nodes, ({ updatedAt }) => secondsOf(updatedAt))
    this.#ids = Float64Array.from(nodes, ({ id }) => numberOf(id))
    this.#replaced = new Float64Array(nodes.length).fill(Infinity)
    for (const [index, { id }] of nodes.entries()) {
      const versions = this.#versions.get(id)
      const before = versions?.at(-1)
      if (before !== undefined) this.#replaced[before] = this.#updated[index] ?? Infinity
      if (versions) versions.push(index)
      else this.#versions.set(id, [index])
    }
  }

  /** The node's JSON as of now, or null. */
  find(id: string, nowSeconds: number): string | null {
    const version = this.#versions.get(id)?.find((index) => this.#isLive(index, nowSeconds))
    return version === undefined ? null : (this.#nodes[version]?.json ?? null)
  }

  /** Every node as of now, in no particular order. */
  *all(nowSeconds: number): Generator<string> {
    for (const [index, { json }] of this.#nodes.entries()) if (this.#isLive(index, nowSeconds)) yield json
  }

  page(request: PageRequest): PageOfNodes {
    const { values, order } = this.#ordering(request.sortKey)
    const bounds = this.#bounds(request)
    const step = request.reverse ? -1 : 1
    const rows: PageOfNodes['rows'] = []
    const start = request.reverse ? bounds.end - 1 : bounds.start
    for (let at = start; at >= bounds.start && at < bounds.end; at += step) {
      const index = order[at] ?? 0
      if (!this.#isLive(index, request.nowSeconds) || !this.#matches(index, request.search)) continue
      if (rows.length === request.count) return { rows, hasMore: true }
      const position = { value: values[index] ?? 0, id: this.#ids[index] ?? 0 }
      rows.push({ json: this.#nodes[index]?.json ?? '{}', position })
    }
    return { rows, hasMore: false }
  }

  #isLive(index: number, nowSeconds: number): boolean {
    return (this.#updated[index] ?? Infinity) <= nowSeconds && nowSeconds < (this.#replaced[index] ?? 0)
  }

  #matches(index: number, search: Search): boolean {
    if (search.ids && !search.ids.includes(String(this.#ids[index]))) return false
    return (Object.entries(search.times) as [TimeField, Range][]).every(([field, { since, until }]) => {
      const value = this.#values(field)[index] ?? 0
      return value >= since && value < until
    })
  }

  /** The stretch of the ordering that can hold the page: the search's range, cut at the cursor. */
  #bounds({ sortKey, reverse, search, after }: PageRequest): { start: number; end: number } {
    const range = sortKey === 'id' ? undefined : search.times[sortKey]
    let start = range ? this.#lowerBound(sortKey, { value: range.since, id: -1 }) : 0
    let end = range ? this.#lowerBound(sortKey, { value: range.until, id: -1 }) : this.#nodes.length
    if (after && reverse) end = Math.min(end, this.#lowerBound(sortKey, after))
    else if (after) start = Math.max(start, this.#lowerBound(sortKey, { value: after.value, id: after.id + 1 }))
    return { start, end }
  }

  #lowerBound(sortKey: SortKey, position: Position): number {
    const { values, order } = this.#ordering(sortKey)
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >> 1
      const index = order[middle] ?? 0
      const value = values[index] ?? 0
      const before = value < position.value || (value === position.value && (this.#ids[index] ?? 0) < position.id)
      if (before) low = middle + 1
      else high = middle
    }
    return low
  }

  #values(key: SortKey): Float64Array {
    if (key === 'updated_at') return this.#updated
    return this.#ordering(key).values
  }

  #ordering(key: SortKey): Ordering {
    let ordering = this.#orderings.get(key)
    if (!ordering) {
      const values = this.#read(key)
      const order = Uint32Array.from(values, (_, index) => index)
      const before = (a: number, b: number): number =>
        (values[a] ?? 0) - (values[b] ?? 0) || (this.#ids[a] ?? 0) - (this.#ids[b] ?? 0)
      // Stores come sorted; sorting again would cost more than looking.
      const sorted = order.every((index) => index === 0 || before(index - 1, index) <= 0)
      ordering = { values, order: sorted ? order : order.sort(before) }
      this.#orderings.set(key, ordering)
    }
    return ordering
  }

  #read(key: SortKey): Float64Array {
    if (key === 'id') return this.#ids
    if (key === 'updated_at') return this.#updated
    const member = MEMBER[key]
    return Float64Array.from(this.#nodes, ({ json }) => secondsOf(topLevel(json, [member]).strings[member] ?? ''))
  }
}
