/** BigQuery column types of the product; a trailing ? may be null. A column added later must be one that may be null. */
type BigQueryType = 'STRING' | 'INTEGER' | 'FLOAT' | 'NUMERIC' | 'TIMESTAMP' | 'DATE' | 'JSON'
type ColumnType = BigQueryType | `${BigQueryType}?`

/** INTEGER as bigint, FLOAT as number, the rest as text: NUMERIC decimal, TIMESTAMP RFC 3339, DATE YYYY-MM-DD, JSON a document. */
type Value<T extends ColumnType> = T extends `${infer B extends BigQueryType}?`
  ? Plain<B> | null
  : T extends BigQueryType
    ? Plain<T>
    : never
type Plain<B extends BigQueryType> = B extends 'INTEGER' ? bigint : B extends 'FLOAT' ? number : string

type Table = {
  /** `recorded_at`, when a row was appended, is every table's: it decides the partition. */
  columns: Readonly<Record<string, ColumnType>>
  /** Two rows with the same key (and version) are the same row appended twice. */
  key: readonly string[]
  /** Of a row: newer replaces older. A table without versions holds rows that never change. */
  version?: string
  /** The newest version within these columns is the truth about all of their rows: a row it lacks is gone. Default: the key. */
  replacedBy?: readonly string[]
  /** The row that is appended last: a version without it is still arriving and does not count yet. */
  completedBy?: { column: string; value: string }
  /** After the month of recording. */
  clustering: readonly string[]
}

/** Append-only, one dataset per tenant; money in micros of the row's currency. The view `<table>_latest` shows what counts now. */
export const WAREHOUSE_TABLES = {
  observability_events: {
    columns: {
      recorded_at: 'TIMESTAMP',
      event_id: 'STRING',
      class: 'STRING',
      event_type: 'STRING',
      timestamp: 'TIMESTAMP',
      brand_id: 'STRING?',
      user_id: 'STRING?',
      session_id: 'STRING?',
      request_id: 'STRING',
      duration_ms: 'FLOAT?',
      tokens_used: 'INTEGER?',
      cost_usd: 'NUMERIC?',
      status: 'STRING',
      error_message: 'STRING?',
      model_used: 'STRING?',
      accuracy_score: 'NUMERIC?',
      metadata: 'JSON',
    },
    key: ['event_id'],
    clustering: ['brand_id', 'timestamp'],
  },
  unified_performance: {
    columns: {
      recorded_at: 'TIMESTAMP',
      brand_id: 'STRING',
      day: 'DATE',
      part: 'STRING',
      model: 'STRING',
      ledger: 'STRING',
      bucket: 'STRING',
      provider: 'STRING',
      campaign_id: 'STRING',
      currency: 'STRING',
      orders: 'NUMERIC?',
      units: 'INTEGER?',
      new_customers: 'NUMERIC?',
      returning_customers: 'NUMERIC?',
      gross_micros: 'INTEGER?',
      discounts_micros: 'INTEGER?',
      returns_micros: 'INTEGER?',
      adjustments_micros: 'INTEGER?',
      net_micros: 'INTEGER?',
      tax_micros: 'INTEGER?',
      shipping_micros: 'INTEGER?',
      spend_micros: 'INTEGER?',
      impressions: 'INTEGER?',
      clicks: 'INTEGER?',
      claimed_conversions: 'NUMERIC?',
      claimed_value_micros: 'INTEGER?',
      incomplete: 'INTEGER',
      version: 'INTEGER',
    },
    key: ['brand_id', 'day', 'part', 'model', 'ledger', 'bucket', 'provider', 'campaign_id'],
    version: 'version',
    replacedBy: ['brand_id', 'day'],
    completedBy: { column: 'part', value: 'store' },
    clustering: ['brand_id', 'day'],
  },
  alerts: {
    columns: {
      recorded_at: 'TIMESTAMP',
      alert_id: 'STRING',
      brand_id: 'STRING?',
      rule: 'STRING',
      cause: 'STRING',
      severity: 'STRING',
      status: 'STRING',
      title: 'STRING',
      message: 'STRING',
      details: 'JSON',
      raised_at: 'TIMESTAMP',
      resolved_at: 'TIMESTAMP?',
      version: 'INTEGER',
    },
    key: ['alert_id'],
    version: 'version',
    clustering: ['brand_id', 'raised_at'],
  },
} as const satisfies Readonly<Record<string, Table>>

export type WarehouseTable = keyof typeof WAREHOUSE_TABLES
export const WAREHOUSE_TABLE_NAMES = Object.keys(WAREHOUSE_TABLES) as WarehouseTable[] // the keys of that literal

type Columns<T extends WarehouseTable> = (typeof WAREHOUSE_TABLES)[T]['columns']
type Stored<T extends WarehouseTable> = {
  -readonly [C in keyof Columns<T>]: Columns<T>[C] extends ColumnType ? Value<Columns<T>[C]> : never
}
/** A row as its writer makes it; the insert adds `recorded_at`. */
export type WarehouseRow<T extends WarehouseTable> = Omit<Stored<T>, 'recorded_at'>

/** The declaration of a table, for code that builds SQL or schemas from it. */
export const warehouseTable = (name: WarehouseTable): Table => WAREHOUSE_TABLES[name]

/** Seven years, and a month more because a partition's age counts from its first day. */
const RETENTION_MS = (7 * 366 + 31) * 24 * 60 * 60 * 1000

/** The table's columns in BigQuery's terms. */
export const fieldsOf = (name: WarehouseTable) =>
  Object.entries(warehouseTable(name).columns).map(([column, type]) => ({
    name: column,
    type: type.replace('?', ''),
    mode: type.endsWith('?') ? 'NULLABLE' : 'REQUIRED',
  }))

/** The table in BigQuery's terms. */
export const definitionOf = (name: WarehouseTable) => ({
  schema: { fields: fieldsOf(name) },
  timePartitioning: { type: 'MONTH', field: 'recorded_at', expirationMs: String(RETENTION_MS) },
  clustering: { fields: [...warehouseTable(name).clustering] },
})
