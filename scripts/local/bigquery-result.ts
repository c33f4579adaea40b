import {
  DuckDBListType,
  DuckDBListValue,
  type DuckDBResultReader,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'

type Cell = { v: string | null | Cell[] }

const TYPE_NAME: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  // sum() of integers is wider than 64 bits in DuckDB.
  [DuckDBTypeId.HUGEINT]: 'INTEGER',
  [DuckDBTypeId.UBIGINT]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.DECIMAL]: 'NUMERIC',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
}

/** The body of a finished jobs.query: schema, rows, and instants as µs or (without int64 timestamps) as seconds. */
export function resultBody(reader: DuckDBResultReader, int64Timestamps: boolean) {
  const types = reader.columnTypes()
  const fields = reader.columnNames().map((name, at) => fieldOf(name, types[at]))
  const rows = reader.getRows().map((row) => ({ f: row.map((value) => cell(value, int64Timestamps)) }))
  return { schema: { fields }, rows, totalRows: String(rows.length) }
}

function fieldOf(name: string, type: DuckDBType | undefined) {
  if (type instanceof DuckDBListType) return { name, type: typeName(type.valueType), mode: 'REPEATED' }
  return { name, type: type ? typeName(type) : 'STRING', mode: 'NULLABLE' }
}

const typeName = (type: DuckDBType) => (type.alias === 'JSON' ? 'JSON' : (TYPE_NAME[type.typeId] ?? 'STRING'))

function cell(value: DuckDBValue, int64Timestamps: boolean): Cell {
  if (value === null) return { v: null }
  if (value instanceof DuckDBListValue) return { v: value.items.map((item) => cell(item, int64Timestamps)) }
  if (value instanceof DuckDBTimestampTZValue) {
    return { v: int64Timestamps ? String(value.micros) : String(Number(value.micros) / 1e6) }
  }
  if (value instanceof DuckDBTimestampValue) return { v: value.toString().replace(' ', 'T') }
  return { v: String(value) }
}
