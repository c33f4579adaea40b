import { v7 as uuidv7 } from 'uuid'
import type { WarehouseRow } from '../../../shared/warehouse/tables.ts'

type Performance = WarehouseRow<'unified_performance'>
type Event = WarehouseRow<'observability_events'>
type Alert = WarehouseRow<'alerts'>
type Recommendation = WarehouseRow<'recommendations'>

const NOTHING_SOLD = {
  orders: null,
  units: null,
  new_customers: null,
  returning_customers: null,
  gross_micros: null,
  discounts_micros: null,
  returns_micros: null,
  adjustments_micros: null,
  net_micros: null,
  tax_micros: null,
  shipping_micros: null,
}

/** One campaign's day. */
export const adsRow = (changes: Partial<Performance> & { brand_id: string }): Performance => ({
  ...NOTHING_SOLD,
  day: '2026-11-01',
  part: 'ads',
  model: '',
  ledger: '',
  bucket: '',
  provider: 'meta',
  campaign_id: 'c1',
  currency: 'USD',
  spend_micros: 1_000_000n,
  impressions: 10n,
  clicks: 1n,
  claimed_conversions: '0.5',
  claimed_value_micros: null,
  incomplete: 0n,
  version: 1n,
  ...changes,
})

/** The store's day: the row that completes a version. */
export const storeRow = (changes: Partial<Performance> & { brand_id: string }): Performance =>
  adsRow({ part: 'store', provider: '', campaign_id: '', spend_micros: null, ...changes })

export const eventRow = (changes: Partial<Event> = {}): Event => ({
  event_id: uuidv7(),
  class: 'fact',
  event_type: 'auth.login',
  timestamp: '2026-11-01T10:00:00.000Z',
  brand_id: null,
  user_id: null,
  session_id: null,
  request_id: 'r1',
  duration_ms: 1.5,
  tokens_used: null,
  cost_usd: null,
  status: 'success',
  error_message: null,
  model_used: null,
  accuracy_score: null,
  metadata: '{"user_id": "u1"}',
  ...changes,
})

export const alertRow = (changes: Partial<Alert> = {}): Alert => ({
  alert_id: uuidv7(),
  brand_id: null,
  rule: 'error_rate',
  cause: 'error_rate',
  severity: 'critical',
  status: 'open',
  title: 'Errors',
  message: 'Too many.',
  details: '{}',
  raised_at: '2026-11-01T10:00:00.000Z',
  resolved_at: null,
  version: 1n,
  ...changes,
})

export const recommendationRow = (changes: Partial<Recommendation> & { brand_id: string }): Recommendation => ({
  recommendation_id: uuidv7(),
  kind: 'reduce_budget',
  cause: 'c',
  status: 'open',
  title: 'Less',
  body: '{}',
  currency: 'USD',
  basis: 'revenue',
  confidence: 'medium',
  expected_low_micros: null,
  expected_mid_micros: null,
  expected_high_micros: null,
  created_at: '2026-11-01T10:00:00.000Z',
  decided_at: null,
  outcome_measured_at: null,
  spend_before_micros: null,
  spend_after_micros: null,
  credited_before_micros: null,
  credited_after_micros: null,
  version: 1n,
  ...changes,
})
