/** The fields of one record and the line on which it begins, from 1. */
export type CsvRecord = { line: number; fields: string[] }

/** What is wrong with a file, and on which of its lines. */
export class CsvError extends Error {
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`)
  }
}

const MAX_RECORD = 1_000_000
const BYTE_ORDER_MARK = '\ufeff'

/**
 * Records of a CSV text that comes in chunks, by RFC 4180: quoted fields may hold separators, line ends and doubled quotes;
 * lines end in CRLF or LF; a byte order mark is skipped, and so are blank lines. The separator is the first of comma,
 * semicolon and tab that the first line has. In batches, for speed. Throws CsvError.
 */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord[]> {
  const place: Place = { line: 1, separator: null }
  let text = ''
  let isStart = true
  for await (const chunk of chunks) {
    text += isStart && chunk.startsWith(BYTE_ORDER_MARK) ? chunk.slice(1) : chunk
    isStart &&= chunk === ''
    const { records, rest } = recordsIn(text, place, { isEnd: false })
    if (rest.length > MAX_RECORD)
      throw new CsvError(place.line, `a record of more than ${MAX_RECORD} characters; is a closing quote missing?`)
    text = rest
    yield records
  }
  yield recordsIn(text, place, { isEnd: true }).records
}

type Place = { line: number; separator: string | null }
type End = { isEnd: boolean }

/** All whole records, and the text after them. */
function recordsIn(text: string, place: Place, { isEnd }: End): { records: CsvRecord[]; rest: string } {
  const records: CsvRecord[] = []
  const separator = place.separator ?? separatorOf(text, isEnd)
  if (separator === null) return { records, rest: text }
  place.separator = separator
  let from = 0
  while (from < text.length) {
    const record = readRecord(text, from, { line: place.line, separator, isEnd })
    if (record === null) break
    if (record.fields.length > 1 || record.fields[0] !== '') records.push({ line: place.line, fields: record.fields })
    place.line += lineEnds(text, from, record.next)
    from = record.next
  }
  return { records, rest: text.slice(from) }
}

/** Null when the first line is not whole yet. */
function separatorOf(text: string, isEnd: boolean): string | null {
  const end = text.indexOf('\n')
  if (end === -1 && !isEnd) return null
  const firstLine = end === -1 ? text : text.slice(0, end)
  return [',', ';', '\t'].find((separator) => firstLine.includes(separator)) ?? ','
}

type Reading = End & { line: number; separator: string }

/** The record that begins here and where the next one does; null when its end has not come yet. */
function readRecord(text: string, from: number, reading: Reading): { fields: string[]; next: number } | null {
  const fields: string[] = []
  for (let at = from; ; ) {
    const field = text[at] === '"' ? quoted(text, at, reading) : unquoted(text, at, reading)
    if (field === null) return null
    fields.push(field.value)
    if (text[field.end] === reading.separator) at = field.end + 1
    else return { fields, next: field.end + (text[field.end] === '\r' ? 2 : 1) }
  }
}

/** `end` is the place of the separator or line end after the field. */
type Field = { value: string; end: number } | null

function unquoted(text: string, from: number, { separator, isEnd, line }: Reading): Field {
  let end = from
  while (end < text.length && text[end] !== separator && text[end] !== '\n') {
    if (text[end] === '"') throw new CsvError(line, 'a quote inside a field that does not begin with one')
    end += 1
  }
  if (end === text.length && !isEnd) return null
  if (text[end] !== separator && text[end - 1] === '\r' && end > from) end -= 1
  return { value: text.slice(from, end), end }
}

function quoted(text: string, from: number, { separator, isEnd, line }: Reading): Field {
  let closing = text.indexOf('"', from + 1)
  while (closing !== -1 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2)
  if (closing === -1 && isEnd) throw new CsvError(line, 'a quoted field that does not end')
  const after = text.slice(closing + 1, closing + 3)
  if (closing === -1 || (!isEnd && after.length < 2)) return null // the next chunk may begin with the other half of a pair
  if (!(after === '' || after[0] === separator || after[0] === '\n' || after === '\r\n' || (isEnd && after === '\r')))
    throw new CsvError(line, 'text after the closing quote of a field')
  return { value: text.slice(from + 1, closing).replaceAll('""', '"'), end: closing + 1 }
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
