import type { AppError } from '../../../../shared/errors.ts'
import { BulkOrder, Line } from '../../rows/nodes.ts'
import { parsed } from '../../rows/scalars.ts'
import { bulkDraftOf, type Draft } from '../order-drafts.ts'
import { fileFault, type Line as TextLine } from './file.ts'

/** Some orders of a file, each with its lines; the byte after them, and the file's objects up to there. */
export type Block = { drafts: readonly Draft[]; at: number; seen: number }

const ORDERS_A_BLOCK = 250
/** A few large orders are a block too. */
const OBJECTS_A_BLOCK = 2_000

/**
 * The orders of a file whose first `seen` objects, `at` bytes, are known already. The last order is given only when the
 * file had all `objects` that Shopify counted: of one that was cut the rest would be missing. Throws file faults.
 */
export async function* blocksOf(
  lines: AsyncIterable<readonly TextLine[]>,
  { objects, ...known }: { at: number; seen: number; objects: number },
): AsyncGenerator<Block> {
  let gathered = new Gathered(known)
  for await (const some of lines) {
    for (const line of some) {
      if (line.text !== '') gathered.add(line)
      if (!gathered.isFull()) continue
      yield gathered
      gathered = gathered.next()
    }
  }
  if (gathered.objects() !== objects) throw fileFault('cut', 'The file ends before its last object.')
  gathered.close()
  yield gathered
}

type Open = { order: BulkOrder; lines: Line[]; end: number }

/** Orders and the lines that stand right after them. */
class Gathered implements Block {
  readonly drafts: Draft[] = []
  at: number
  seen: number
  #open: Open | null
  readonly #from: number

  constructor({ at, seen }: { at: number; seen: number }, open: Open | null = null) {
    this.at = at
    this.seen = seen
    this.#from = seen
    this.#open = open
  }

  add({ text, end }: TextLine): void {
    const value = objectOf(text)
    const parentId = '__parentId' in value ? value.__parentId : null
    if (parentId === null) {
      this.close()
      this.#open = { order: parsed(BulkOrder, value), lines: [], end }
      return
    }
    const open = this.#open
    if (!open || open.order.id !== parentId) throw ungrouped()
    open.lines.push(parsed(Line, value))
    open.end = end
  }

  /** The order that was open has all its lines. */
  close(): void {
    if (!this.#open) return
    const { order, lines, end } = this.#open
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    if (units < order.subtotalLineItemsQuantity) throw ungrouped()
    this.drafts.push(bulkDraftOf(order, lines))
    this.at = end
    this.seen += 1 + lines.length
    this.#open = null
  }

  /** With those of the order that is still open. */
  objects(): number {
    return this.seen + (this.#open ? 1 + this.#open.lines.length : 0)
  }

  isFull(): boolean {
    return this.drafts.length >= ORDERS_A_BLOCK || (this.drafts.length > 0 && this.seen - this.#from >= OBJECTS_A_BLOCK)
  }

  next(): Gathered {
    return new Gathered(this, this.#open)
  }
}

const ungrouped = (): AppError => fileFault('ungrouped', 'Lines of an order do not follow it in the file.')

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Half a line: answered below.
  }
  throw fileFault('cut', 'A line of the file is no JSON object.')
}
