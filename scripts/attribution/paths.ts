import type { ValuedPath } from '../../shared/attribution/path-models.ts'
import { CsvError, type CsvRecord } from './csv.ts'

export const COLUMNS = ['path', 'total_conversions', 'total_conversion_value', 'total_null'] as const
type Column = (typeof COLUMNS)[number]

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Reads paths by a header, whose columns may stand in any order among others. Throws CsvError. */
export function pathReader(header: CsvRecord): (record: CsvRecord) => ValuedPath {
  const names = header.fields.map((name) => name.trim())
  const missing = COLUMNS.filter((column) => !names.includes(column))
  if (missing.length > 0)
    throw new CsvError(header.line, `the header lacks ${missing.join(', ')}; it has ${names.join(', ')}`)
  const twice = COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice) throw new CsvError(header.line, `the header has ${twice} twice`)
  return ({ line, fields }) => {
    if (fields.length !== names.length)
      throw new CsvError(line, `${fields.length} fields where the header has ${names.length}`)
    const field = (column: Column): string => fields[names.indexOf(column)] ?? ''
    const amount = (column: Column): number => amountOf(field(column), { column, line })
    return {
      channels: channelsOf(field('path'), line),
      conversions: amount('total_conversions'),
      value: amount('total_conversion_value'),
      nulls: amount('total_null'),
    }
  }
}

function channelsOf(path: string, line: number): string[] {
  const channels = path.split('>').map((channel) => channel.trim())
  if (channels.every((channel) => channel === '')) throw new CsvError(line, 'the path is empty')
  if (channels.includes('')) throw new CsvError(line, `a channel of the path has no name: ${JSON.stringify(path)}`)
  return channels
}

function amountOf(field: string, { column, line }: { column: Column; line: number }): number {
  const text = field.trim()
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw new CsvError(line, `${column} is not a number: ${JSON.stringify(field)}`)
  if (number < 0) throw new CsvError(line, `${column} is negative: ${text}`)
  return number
}
