import type { Position } from '../node-index.ts'
import { project, type Row, type Run, rowsOf } from '../project.ts'
import { LISTINGS, listed } from '../roots.ts'
import type { ShopData } from '../shop-data.ts'
import type { BulkQuery, LinePlan } from './query.ts'

export type Block = { text: string; objects: number; roots: number }

const ROOTS_A_BLOCK = 250

/** A part of the run that a file is made of: everything as it was when the operation began. */
type Making = { query: BulkQuery; grouped: boolean; run: Run & { data: ShopData; nowSeconds: number } }

/** The file in blocks of some root objects each; ungrouped, a block's children stand at its end. */
export function* blocksOf({ query, grouped, run }: Making): Generator<Block> {
  const listing = LISTINGS[query.root.name]
  if (!listing) return
  const request = { ...listed(listing, query.root, run.variables), count: ROOTS_A_BLOCK, nowSeconds: run.nowSeconds }
  for (let after: Position | null = null, hasMore = true; hasMore; ) {
    const page = listing.index(run.data).page({ ...request, after })
    const rows = page.rows.map(({ json }) => listing.parse(json))
    const lines = rows.map((row) => linesOf(row, { plan: query.line, parentId: null, run }))
    const ordered = grouped
      ? lines.flat()
      : [...lines.flatMap(([root]) => root ?? []), ...lines.flatMap(([, ...rest]) => rest)]
    if (rows.length > 0) yield { text: ordered.join(''), objects: ordered.length, roots: rows.length }
    after = page.rows.at(-1)?.position ?? null
    hasMore = page.hasMore
  }
}

type Level = { plan: LinePlan; parentId: unknown; run: Run }

/** The node's own line, then those of what is below it. Shopify escapes slashes. */
function linesOf(row: Row, { plan, parentId, run }: Level): string[] {
  const own = project(plan.fields, row, run, plan.type)
  const line = parentId === null ? own : { ...own, __parentId: parentId }
  return [
    `${JSON.stringify(line).replaceAll('/', '\\/')}\n`,
    ...plan.lists.flatMap(({ selection, line: below }) =>
      rowsOf(row[selection.name]).flatMap((child) => linesOf(child, { plan: below, parentId: row.id, run })),
    ),
  ]
}
