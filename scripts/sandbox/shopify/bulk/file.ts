import { setImmediate } from 'node:timers/promises'
import type { Block } from './lines.ts'

/** A file that grows until it is done; kept as bytes, so that any part of it can be served. */
export type BulkFile = {
  readonly done: boolean
  /** Settles when it is. */
  readonly whole: Promise<void>
  readonly objects: number
  readonly roots: number
  readonly bytes: number
  /** The bytes from `start` up to `end`. */
  read(start: number, end: number): ReadableStream<Uint8Array>
  /** Where the last line ends that ends at or before this byte. */
  lineEnd(byte: number): number
}

const NEWLINE = 10
const AT_ONCE = 2

/**
 * Makes a small file at once. A large one's blocks are made between requests, so that it does not hold up other shops, and
 * after the file before it, so that the first one is there early.
 */
export function makeFile(blocks: Generator<Block>, before: Promise<void>): BulkFile {
  const parts: Buffer[] = []
  const file = {
    done: false,
    whole: before,
    objects: 0,
    roots: 0,
    bytes: 0,
    read: (start: number, end: number) => ReadableStream.from(slices(parts, { start, end })),
    lineEnd: (byte: number) => Buffer.concat(parts).lastIndexOf(NEWLINE, byte - 1) + 1,
  }
  const take = (): void => {
    const { value, done } = blocks.next()
    file.done = done === true
    if (!value) return
    const part = Buffer.from(value.text)
    parts.push(part)
    file.objects += value.objects
    file.roots += value.roots
    file.bytes += part.length
  }
  const takeRest = async (): Promise<void> => {
    await before
    while (!file.done) {
      await setImmediate()
      take()
    }
  }
  for (let block = 0; block < AT_ONCE && !file.done; block += 1) take()
  file.whole = takeRest()
  return file
}

function* slices(parts: readonly Buffer[], { start, end }: { start: number; end: number }): Generator<Uint8Array> {
  let at = 0
  for (const part of parts) {
    const slice = part.subarray(Math.max(0, start - at), Math.max(0, end - at))
    if (slice.length > 0) yield slice
    at += part.length
  }
}
