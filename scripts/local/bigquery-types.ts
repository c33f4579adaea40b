import { DuckDBDateValue, DuckDBDecimalValue, DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api'
import * as z from 'zod'

// BigQuery reports columns by these older names, whichever was given.
const CANONICAL = {
  STRING: 'STRING',
  INT64: 'INTEGER',
  INTEGER: 'INTEGER',
  FLOAT64: 'FLOAT',
  FLOAT: 'FLOAT',
  BOOL: 'BOOLEAN',
  BOOLEAN: 'BOOLEAN',
  NUMERIC: 'NUMERIC',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  JSON: 'JSON',
} as const

export type ColumnType = (typeof CANONICAL)[keyof typeof CANONICAL]

export const COLUMN_TYPES = Object.values(CANONICAL)
/** A column's type as the clients write it; refuses what the product does not use. */
export const ColumnTypeName = z
  .string()
  .transform((name) => name.toUpperCase())
  .pipe(z.enum(Object.keys(CANONICAL) as [keyof typeof CANONICAL])) // the keys of a literal, not empty
  .transform((name): ColumnType => CANONICAL[name])

export const DUCKDB_TYPE: Record<ColumnType, string> = {
  STRING: 'VARCHAR',
  INTEGER: 'BIGINT',
  FLOAT: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  NUMERIC: 'DECIMAL(38, 9)',
  TIMESTAMP: 'TIMESTAMPTZ',
  DATE: 'DATE',
  JSON: 'JSON',
}

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d{0,3})? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i
const DECIMAL = /^([+-]?)(\d{0,29})(?:\.(\d{1,9}))?$/

/** A value of an insertAll row as DuckDB's; undefined when the column cannot hold it. Never for null. */
export const TO_DUCKDB: Record<ColumnType, (value: unknown) => DuckDBValue | undefined> = {
  STRING: (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined),
  INTEGER: toInteger,
  FLOAT: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof number === 'number' && (value === 'NaN' || !Number.isNaN(number)) ? number : undefined
  },
  BOOLEAN: (value) => {
    const text = String(value).toLowerCase()
    return text === 'true' || text === 'false' ? text === 'true' : undefined
  },
  NUMERIC: toDecimal,
  TIMESTAMP: (value) => {
    const micros = toMicros(value)
    return micros === undefined ? undefined : new DuckDBTimestampTZValue(micros)
  },
  DATE: (value) => {
    const ms =
      typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
    // Date.parse rolls 31 February over on some engines: the day must come back as written.
    if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== value) return undefined
    return new DuckDBDateValue(ms / 86_400_000)
  },
  // Google takes JSON columns as text; an object gets "This field is not a record".
  JSON: (value) => (typeof value === 'string' && isJson(value) ? value : undefined),
}

function toInteger(value: unknown): bigint | undefined {
  const text = typeof value === 'number' ? (Number.isSafeInteger(value) ? String(value) : '') : value
  if (typeof text !== 'string' || !/^[+-]?\d{1,19}$/.test(text)) return undefined
  const number = BigInt(text)
  return number >= INT64_MIN && number <= INT64_MAX ? number : undefined
}

function toDecimal(value: unknown): DuckDBDecimalValue | undefined {
  const match = typeof value === 'string' || typeof value === 'number' ? DECIMAL.exec(String(value)) : null
  if (!match) return undefined
  const [, sign, whole = '', fraction = ''] = match
  if (whole === '' && fraction === '') return undefined
  const scaled = BigInt(`${whole}${fraction.padEnd(9, '0')}`)
  return new DuckDBDecimalValue(sign === '-' ? -scaled : scaled, 38, 9)
}

function toMicros(value: unknown): bigint | undefined {
  if (typeof value === 'number') return BigInt(Math.round(value * 1e6))
  const match = typeof value === 'string' ? INSTANT.exec(value) : null
  if (!match) return undefined
  const [, day, time, fraction = '', zone = 'Z'] = match
  const offset = /^(utc|z)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h, m = '00') => `${h}:${m}`)
  const ms = Date.parse(`${day}T${time}${offset}`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
