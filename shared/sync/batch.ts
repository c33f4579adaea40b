import { config } from '../config.ts'
import type { Rows, TableName } from '../db/tables.ts'
import type { Page } from './connector.ts'

/** A slow provider's pages are saved this often, however few they are. */
const COMMIT_AGE_MS = 2_000

/** Pages gathered for one commit. */
export type Batch = {
  rows: Partial<Record<TableName, object[]>>
  pages: number
  count: number
  resume: Page['resume']
  waitMs: number | null
  position: string | null
  drift: Record<string, number>
  openedAt: number
}

export const emptyBatch = (): Batch => ({
  rows: {},
  pages: 0,
  count: 0,
  resume: null,
  waitMs: null,
  position: null,
  drift: {},
  openedAt: Date.now(),
})

export function addPage(batch: Batch, page: Page): void {
  for (const [table, rows] of Object.entries(page.rows) as [TableName, readonly object[]][]) {
    const gathered = batch.rows[table] ?? []
    gathered.push(...rows)
    batch.rows[table] = gathered
  }
  for (const [what, times] of Object.entries(page.drift ?? {})) batch.drift[what] = (batch.drift[what] ?? 0) + times
  batch.pages += 1
  batch.count += page.count
  batch.resume = page.resume
  batch.waitMs = page.waitMs ?? null
  batch.position = page.position ?? batch.position
}

export const isFull = (batch: Batch): boolean =>
  batch.count >= config('COMMIT_NODES') || Date.now() - batch.openedAt >= COMMIT_AGE_MS

/** The rows of all pages; every page's rows had their table's own type. */
export const rowsOf = (batch: Batch): Rows => batch.rows as Rows
