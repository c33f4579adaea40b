import { createHash } from 'node:crypto'
import type { TestDatabase } from '../support/database.ts'
import type { TestTenant } from '../support/tenants.ts'

/**
 * The tables that two states must agree in, each with the columns that two runs of the same work may differ in: wall-clock
 * instants, counters of tries, versions made from the clock, and names that a test gives its tenants.
 */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  shops: ['fetched_at'],
  products: [],
  variants: [],
  inventory_levels: [],
  orders: ['fetched_at'],
  order_lines: [],
  refunds: [],
  refund_lines: [],
  order_transactions: [],
  touchpoints: [],
  customers: [],
  ad_accounts: ['fetched_at'],
  campaigns: ['fetched_at'],
  ad_sets: ['fetched_at'],
  ad_performance: ['fetched_at'],
  touched_days: ['touched_at'],
  stale_days: [],
  brand_rates: [],
  order_attributions: [],
  attribution_fits: [],
  campaign_names: ['valid_until'],
  unified_performance: ['version'],
  integrations: [
    'created_at',
    'account_id',
    'account_name',
    'access_token_encrypted',
    'refresh_token_encrypted',
    'last_synced_at',
    'reconciled_at',
    'next_due_at',
    'lease_fence',
    'lease_run_id',
    'lease_wanted_until',
  ],
  sync_state: ['complete_until', 'last_daily_at', 'range_since', 'range_until', 'updated_at'],
  sync_runs: ['requested_at', 'started_at', 'finished_at'],
  alerts: ['title', 'message', 'raised_at', 'resolved_at'],
  webhook_deliveries: ['attempts', 'updated_at'],
}
/** Facts are compared without what names the delivery that recorded them. */
const FACTS = ['event_id', 'timestamp', 'request_id', 'duration_ms', 'words']

/** Rows and a hash by table: a difference names its table. */
export type Digest = Readonly<Record<string, string>>

/** For the test's output, as every comparison must say what it leaves out. */
export const excludedColumns = (): string =>
  Object.entries({ ...TABLES, observability_events: FACTS })
    .flatMap(([table, columns]) => (columns.length > 0 ? [`${table}: ${columns.join(', ')}`] : []))
    .concat('ids: those of the tenant by their role, every other uuid as one')
    .join('\n  ')

/** Of everything that the tenant owns in these tables. */
export async function digestOf(database: Pick<TestDatabase, 'asAdmin'>, tenant: TestTenant): Promise<Digest> {
  const entries: [string, string][] = []
  for (const [table, columns] of Object.entries({ ...TABLES, observability_events: FACTS })) {
    const facts = table === 'observability_events' ? "and class = 'fact'" : ''
    const rows = await database.asAdmin<{ row: string }>(
      `select (to_jsonb(t) - $2::text[])::text as row from ${table} t where tenant_id = $1 ${facts}`,
      [tenant.tenantId, columns],
    )
    const lines = rows.map(({ row }) => anonymous(row, tenant)).sort()
    entries.push([table, `${lines.length} ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`])
  }
  return Object.fromEntries(entries)
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const anonymous = (row: string, { tenantId, brandId, integrationId }: TestTenant): string =>
  row
    .replaceAll(tenantId, '<tenant>')
    .replaceAll(brandId, '<brand>')
    .replaceAll(integrationId, '<connection>')
    .replace(UUID, '<id>')
