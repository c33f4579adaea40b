import { config } from '../../../../shared/config.ts'
import { AppError } from '../../../../shared/errors.ts'
import { requestStream } from '../../../../shared/fetch.ts'

/** Why a file cannot be used, on an error's details: read it anew, or not as a file at all. */
export const FILE_DETAIL = 'bulk_file'
export type FileFault = 'gone' | 'cut' | 'ungrouped'

export const fileFault = (fault: FileFault, message: string): AppError =>
  new AppError('PROVIDER_BAD_RESPONSE', message, { details: { [FILE_DETAIL]: fault } })

/** A line's text, and the byte of the file after it. */
export type Line = { text: string; end: number }

const NEWLINE = 10
/** An order with a thousand payments is far below. */
const LONGEST_LINE = 10_000_000

/** The lines from a byte of the file on, as they arrive. The address is signed, so it needs no token and gets none. */
export async function* linesFrom(url: string, start: number): AsyncGenerator<Line[]> {
  // Compressed, the bytes would not be the file's.
  const headers = { 'Accept-Encoding': 'identity', ...(start > 0 && { Range: `bytes=${start}-` }) }
  const { status, headers: answered, pieces } = await requestStream({ target: 'Shopify', url: checked(url), headers })
  if (status !== 200 && status !== 206) throw fileFault('gone', `Shopify answers ${status} for the file it made.`)
  if (status === 206 && !answered.get('content-range')?.startsWith(`bytes ${start}-`))
    throw fileFault('gone', 'Shopify sends another part of the file than was asked for.')
  yield* linesOf(status === 206 ? pieces : skipping(pieces, start), start)
}

/** Only https, and what the sandbox itself serves. Throws PROVIDER_BAD_RESPONSE. */
function checked(address: string): string {
  const url = URL.parse(address)
  const own = URL.parse(config('SHOPIFY_URL').replace('{shop}', 'shop'))
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && own?.protocol === 'http:' && url.host === own.host))
    return url.href
  throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify names no https address for the file it made.')
}

/** For a server that knows no ranges. */
async function* skipping(pieces: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Line[]> {
  let rest = Buffer.alloc(0)
  let at = start
  for await (const piece of pieces) {
    const block = Buffer.concat([rest, piece])
    const lines: Line[] = []
    let from = 0
    for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, from)) {
      lines.push({ text: block.toString('utf8', from, end), end: at + end + 1 })
      from = end + 1
    }
    at += from
    rest = block.subarray(from)
    if (rest.length > LONGEST_LINE) throw fileFault('cut', `A line of the file is longer than ${LONGEST_LINE} bytes.`)
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [{ text: rest.toString('utf8'), end: at + rest.length }]
}
