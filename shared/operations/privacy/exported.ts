import { type Sql, sql, trusted } from '../../db/sql.ts'
import { TABLES } from '../../db/tables.ts'
import { actor } from '../../tenant.ts'

type Exported = { table: string; columns: readonly string[]; key: readonly string[]; tenantColumn?: string }

/** What only we could read, or only tells whether a row changed. */
const LEFT_OUT = ['tenant_id', 'content_hash']
const columnsOf = (text: string): string[] => text.split(' ')

const OWN: readonly Exported[] = [
  {
    table: 'tenants',
    columns: columnsOf('id company_name subscription_tier status created_at'),
    key: ['id'],
    tenantColumn: 'id',
  },
  { table: 'users', columns: columnsOf('user_id email role is_active last_login created_at'), key: ['user_id'] },
  {
    table: 'brands',
    columns: columnsOf('brand_id name shopify_store_url time_zone currency created_at'),
    key: ['brand_id'],
  },
  {
    table: 'integrations',
    columns: columnsOf(
      'integration_id brand_id platform account_id account_name status last_synced_at sync_error_code sync_error_message created_at',
    ),
    key: ['integration_id'],
  },
  {
    table: 'api_keys',
    columns: columnsOf('api_key_id name scopes created_by created_at last_used_at expires_at revoked_at'),
    key: ['api_key_id'],
  },
  { table: 'settings', columns: columnsOf('name value updated_at'), key: ['name'] },
  { table: 'brand_settings', columns: columnsOf('brand_id name value updated_at'), key: columnsOf('brand_id name') },
  { table: 'feature_flags', columns: columnsOf('name enabled updated_at'), key: ['name'] },
  {
    table: 'alert_rules',
    columns: columnsOf('rule enabled threshold needed of_last channels muted_until updated_at'),
    key: ['rule'],
  },
  {
    table: 'sync_runs',
    columns: columnsOf(
      'run_id integration_id kind status requested_at started_at finished_at pages rows_read rows_written error_code error_message',
    ),
    key: ['run_id'],
  },
]
const DERIVED: readonly Exported[] = [
  {
    table: 'customers',
    columns: columnsOf('brand_id customer_key first_order_id first_order_at first_order_day'),
    key: columnsOf('brand_id customer_key'),
  },
  {
    table: 'order_attributions',
    columns: columnsOf(
      'brand_id order_id model entry position bucket provider campaign_id order_ledger_day touch_ledger_day orders new_customers net_micros currency',
    ),
    key: columnsOf('brand_id order_id model entry position'),
  },
  {
    table: 'brand_rates',
    columns: columnsOf('brand_id day currency base rate rate_day source'),
    key: columnsOf('brand_id day currency'),
  },
  {
    table: 'attribution_fits',
    columns: columnsOf('brand_id model fitted_on model_version effects paths conversions null_paths'),
    key: columnsOf('brand_id model fitted_on'),
  },
  {
    table: 'campaign_names',
    columns: columnsOf('brand_id provider campaign_id valid_until name'),
    key: columnsOf('brand_id provider campaign_id valid_until'),
  },
  {
    table: 'unified_performance',
    columns: columnsOf(
      'brand_id day part model ledger bucket provider campaign_id currency orders units new_customers returning_customers gross_micros discounts_micros returns_micros adjustments_micros net_micros tax_micros shipping_micros spend_micros impressions clicks claimed_conversions claimed_value_micros incomplete version',
    ),
    key: columnsOf('brand_id day part model ledger bucket provider campaign_id'),
  },
  {
    table: 'product_performance',
    columns: columnsOf(
      'brand_id day product_id currency orders units gross_micros discounts_micros returns_micros net_micros cogs_micros incomplete',
    ),
    key: columnsOf('brand_id day product_id'),
  },
  {
    table: 'inventory_daily',
    columns: columnsOf('brand_id day variant_id available on_hand incoming taken_at'),
    key: columnsOf('brand_id day variant_id'),
  },
  {
    table: 'figures_at_age',
    columns: columnsOf('brand_id day metric provider value seen_at'),
    key: columnsOf('brand_id metric provider day'),
  },
  {
    table: 'alerts',
    columns: columnsOf('alert_id brand_id rule cause severity status title message details raised_at resolved_at'),
    key: ['alert_id'],
  },
  {
    table: 'recommendations',
    columns: columnsOf(
      'recommendation_id brand_id kind cause status title body expected_low_micros expected_mid_micros expected_high_micros currency basis confidence created_at updated_at decided_at decided_by dismiss_reason outcome outcome_measured_at',
    ),
    key: ['recommendation_id'],
  },
  {
    table: 'insights',
    columns: columnsOf(
      'insight_id brand_id day recommendation_id alert_id written_by reason text body model tokens_consumed cost_usd written_at',
    ),
    key: ['insight_id'],
  },
  {
    table: 'pending_actions',
    columns: columnsOf(
      'action_id operation input status asked_by_user_id asked_by_key_id asked_at expires_at decided_by decided_at reason output error',
    ),
    key: ['action_id'],
  },
  {
    table: 'ai_questions',
    columns: columnsOf(
      'question_id brand_id asked_by api_key_id question_text question_category asked_at accuracy_score',
    ),
    key: ['question_id'],
  },
  {
    table: 'ai_answers',
    columns: columnsOf(
      'question_id status reason answer_text body model tokens_consumed cost_usd generation_time_ms answered_at cached_from',
    ),
    key: ['question_id'],
  },
  {
    table: 'ai_feedback',
    columns: columnsOf('question_id provided_by rating accuracy_comment was_actionable provided_at'),
    key: columnsOf('question_id provided_by'),
  },
  {
    table: 'ai_token_usage',
    columns: columnsOf(
      'call_id question_id brand_id operation model outcome input_tokens cache_write_5m_tokens cache_write_1h_tokens cache_read_tokens output_tokens input_cost_usd cache_cost_usd output_cost_usd total_cost_usd called_at',
    ),
    key: ['call_id'],
  },
  { table: 'ai_budgets', columns: columnsOf('month spent_usd reserved_usd warned_at stopped_at'), key: ['month'] },
  {
    table: 'tenant_days',
    columns: columnsOf(
      'day requests errors p50_ms p95_ms p99_ms questions ratings accurate tokens cost_usd syncs_ok syncs_failed oldest_data_s',
    ),
    key: ['day'],
  },
  {
    table: 'observability_events',
    columns: columnsOf(
      'event_id class event_type timestamp brand_id user_id session_id request_id duration_ms tokens_used cost_usd status error_message model_used accuracy_score metadata',
    ),
    key: columnsOf('timestamp event_id class'),
  },
]
const SYNCED: readonly Exported[] = Object.entries(TABLES).map(([table, { columns, key }]) => ({
  table,
  columns: Object.keys(columns).filter((column) => !LEFT_OUT.includes(column)),
  key: key.filter((column) => column !== 'tenant_id'),
}))

/** Everything that an export contains, in its order: secrets, hashes and ciphertexts are never listed here. */
export const EXPORTED: readonly Exported[] = [...OWN, ...SYNCED, ...DERIVED]

const quoted = (names: readonly string[]): Sql => trusted(names.map((name) => `"${name}"`).join(', '))

/** The tenant's rows of a table as text `{"table": …, "row": {…}}`; Postgres writes the numbers, so that none loses a digit. */
export const selectLines = ({ table, columns, key, tenantColumn = 'tenant_id' }: Exported): Sql => sql`
  select '{"table":"' || ${table} || '","row":' || row_to_json(r)::text || '}' as line
  from (select ${quoted(columns)} from ${quoted([table])} where ${quoted([tenantColumn])} = ${actor().tenantId} order by ${quoted(key)}) r`

/** Tables of a tenant that no export holds, and why. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  tenant_keys: 'secrets',
  sessions: 'secrets',
  used_refresh_tokens: 'secrets',
  one_time_tokens: 'secrets',
  oauth_states: 'secrets',
  n8n_secrets: 'secrets',
  webhook_endpoints: 'secrets, and addresses that the settings show',
  ai_question_words: 'words of the questions, which are exported',
  audit_words: 'the same, of their facts',
  insight_runs: 'when recommendations were last computed',
  idempotency_keys: 'answers that were given already, encrypted',
  erasures: 'what was erased, as pseudonyms',
  outbox: 'messages under way, of facts that are exported',
  webhook_deliveries: 'what was sent where, told by the alerts',
  webhook_receipts: 'what came in, told by the rows it changed',
  sync_state: 'cursors of our own',
  reconciliations: 'comparisons with the providers, made anew each day',
  touched_days: 'work under way',
  stale_days: 'work under way',
  warehouse_erasures: 'work under way',
  order_credits: 'exported as order_attributions, a row for each model',
  data_versions: 'counters of our own',
  ai_reservations: 'what calls under way may cost',
  ai_platform_cost: 'the platform’s own sums',
}
