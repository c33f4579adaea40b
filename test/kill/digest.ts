import type pg from 'pg'
import { datasetId } from '../../shared/warehouse/dataset.ts'
import { tokenOf } from '../support/identities.ts'
import { PROJECT } from './ground.ts'

type Json = Record<string, unknown>

type Compared = {
  name: string
  /** Columns of which only counts whether they are null: times of processing, versions, ids made on the way. */
  excluded: readonly string[]
  /** Keys left out of the JSON column `metadata`, for the same reasons. */
  metadata?: readonly string[]
  /** Columns left out altogether: wishes that run out by themselves. */
  passing?: readonly string[]
}

const FACT_METADATA = ['alert_id']
const FACT_COLUMNS = ['words', 'event_id', 'timestamp', 'request_id', 'duration_ms']
const ALERT_COLUMNS = ['alert_id', 'raised_at', 'resolved_at']

/** The business tables. touched_days, stale_days and outbox must be as empty as after a fault-free hour. */
export const TABLES: readonly Compared[] = [
  ...['products', 'variants', 'inventory_levels', 'order_lines', 'refunds', 'refund_lines', 'touchpoints'].map(whole),
  ...['order_transactions', 'customers', 'brand_rates', 'order_attributions', 'attribution_fits'].map(whole),
  ...['brands', 'tenants'].map(whole),
  ...['shops', 'orders', 'ad_accounts', 'campaigns', 'ad_sets', 'ad_performance'].map((name) => ({
    name,
    excluded: ['fetched_at'],
  })),
  { name: 'unified_performance', excluded: ['version'] },
  { name: 'touched_days', excluded: ['touched_at'] },
  whole('stale_days'),
  { name: 'outbox', excluded: ['event_id', 'attributes', 'created_at', 'publish_after'] },
  { name: 'alerts', excluded: ALERT_COLUMNS },
  { name: 'webhook_deliveries', excluded: ['subject_id', 'attempts', 'updated_at'] },
  {
    name: 'sync_state',
    excluded: ['complete_until', 'last_daily_at', 'range_since', 'range_until', 'updated_at'],
  },
  { name: 'sync_runs', excluded: ['started_at', 'finished_at'] },
  {
    name: 'integrations',
    excluded: ['lease_fence', 'lease_until', 'lease_run_id', 'last_synced_at', 'reconciled_at'],
    passing: ['lease_wanted_until'],
  },
  { name: 'observability_events', excluded: FACT_COLUMNS, metadata: FACT_METADATA },
]

/** The views that say what counts now in each tenant's dataset. */
export const VIEWS: readonly Compared[] = [
  { name: 'observability_events_latest', excluded: ['recorded_at', ...FACT_COLUMNS], metadata: FACT_METADATA },
  { name: 'unified_performance_latest', excluded: ['recorded_at', 'version'] },
  { name: 'alerts_latest', excluded: ['recorded_at', ...ALERT_COLUMNS] },
]

function whole(name: string): Compared {
  return { name, excluded: [] }
}

/** Each table's rows as canonical text, sorted. */
export type State = ReadonlyMap<string, readonly string[]>

export async function stateOf(client: pg.Client, cloudUrl: string): Promise<State> {
  const state = new Map<string, string[]>()
  for (const table of TABLES) {
    const { rows } = await client.query<{ row: Json }>(`select to_jsonb(t) as row from ${table.name} t`)
    state.set(
      table.name,
      canonical(
        rows.map(({ row }) => row),
        table,
      ),
    )
  }
  const tenants = await client.query<{ id: string }>('select id from tenants')
  for (const view of VIEWS) {
    const rows = await Promise.all(tenants.rows.map(({ id }) => rowsOfView(cloudUrl, id, view.name)))
    state.set(`bigquery ${view.name}`, canonical(rows.flat(), view))
  }
  return state
}

type Answer = { schema: { fields: { name: string }[] }; rows?: { f: { v: unknown }[] }[] }

async function rowsOfView(cloudUrl: string, tenantId: string, view: string): Promise<Json[]> {
  const query = `select * from \`${datasetId(tenantId)}.${view}\``
  const answer = await fetch(`${cloudUrl}/bigquery/v2/projects/${PROJECT}/queries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(cloudUrl, tenantId)}` },
    body: JSON.stringify({ query, useLegacySql: false }),
  })
  if (!answer.ok) throw new Error(`${view}: ${await answer.text()}`)
  const { schema, rows = [] } = (await answer.json()) as Answer // our own local cloud's answer
  return rows.map(({ f }) => ({
    tenant_id: tenantId,
    ...Object.fromEntries(schema.fields.map(({ name }, at) => [name, f[at]?.v ?? null])),
  }))
}

const canonical = (rows: readonly Json[], table: Compared): string[] =>
  rows.map((row) => JSON.stringify(compared(row, table))).sort()

function compared(row: Json, { excluded, metadata, passing = [] }: Compared): Json {
  const result: Json = {}
  for (const [column, value] of Object.entries(row)) {
    if (passing.includes(column)) continue
    if (excluded.includes(column)) result[column] = value === null ? null : 'set'
    else result[column] = column === 'metadata' && metadata ? without(value, metadata) : value
  }
  return result
}

function without(value: unknown, keys: readonly string[]): [string, unknown][] {
  const document: Json = typeof value === 'string' ? JSON.parse(value) : { ...(value as Json) } // a JSON column holding an object
  return Object.entries(document)
    .filter(([key]) => !keys.includes(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

export type Difference = { table: string; missing: string[]; extra: string[] }

/** Rows that the fault-free hour has and this one lacks, and the other way round; a doubled row is an extra one. */
export function differences(expected: State, actual: State): Difference[] {
  return [...expected].flatMap(([table, rows]) => {
    const found = actual.get(table) ?? []
    const missing = minus(rows, found)
    const extra = minus(found, rows)
    return missing.length + extra.length > 0 ? [{ table, missing, extra }] : []
  })
}

function minus(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1)
  return rows.filter((row) => {
    const count = left.get(row) ?? 0
    left.set(row, count - 1)
    return count <= 0
  })
}

/** For people, printed with every run: what the comparison does not look at. */
export const exclusions = (): string[] =>
  [...TABLES, ...VIEWS].flatMap(({ name, excluded, metadata = [], passing = [] }) => {
    const columns = [
      ...excluded,
      ...metadata.map((key) => `metadata.${key}`),
      ...passing.map((column) => `${column} (not even that)`),
    ]
    return columns.length > 0 ? [`${name}: ${columns.join(', ')}`] : []
  })
