import { PLATFORM_TENANT_ID } from '../tenant.ts'
import type { ColumnType, Table, Value } from './table.ts'
import { aiTokenUsage } from './tables/ai-token-usage.ts'
import { alerts } from './tables/alerts.ts'
import { insights } from './tables/insights.ts'
import { observabilityEvents } from './tables/observability-events.ts'
import { recommendations } from './tables/recommendations.ts'
import { tenantDays } from './tables/tenant-days.ts'
import { unifiedPerformance } from './tables/unified-performance.ts'

/** Append-only, one dataset per tenant; money in micros of the row's currency. The view `<table>_latest` shows what counts now. */
export const WAREHOUSE_TABLES = {
  observability_events: observabilityEvents,
  unified_performance: unifiedPerformance,
  ai_token_usage: aiTokenUsage,
  alerts,
  recommendations,
  insights,
  tenant_days: tenantDays,
} as const satisfies Readonly<Record<string, Table>>

export type WarehouseTable = keyof typeof WAREHOUSE_TABLES
export const WAREHOUSE_TABLE_NAMES = Object.keys(WAREHOUSE_TABLES) as WarehouseTable[] // the keys of that literal

/** Those in the tenant's dataset: of figures about tenants there is one, the platform's. */
export const tablesOf = (tenantId: string): readonly WarehouseTable[] =>
  WAREHOUSE_TABLE_NAMES.filter((name) => name !== 'tenant_days' || tenantId === PLATFORM_TENANT_ID)

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
