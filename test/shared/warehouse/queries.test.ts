import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { aiCostByDay } from '../../../shared/warehouse/queries/ai-cost.ts'
import { latencyByOperation } from '../../../shared/warehouse/queries/latency.ts'
import { recommendationImpact } from '../../../shared/warehouse/queries/recommendation-impact.ts'
import { asSystem } from '../../support/tenants.ts'
import { eventRow, recommendationRow } from './rows.ts'
import { useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
const SPAN = { since: '2026-11-01T00:00:00.000Z', until: '2026-11-03T00:00:00.000Z' }

test('latency is that of the nearest rank, by operation, within the span, each answer once', async () => {
  const tenantId = await warehouse.tenant()
  const answered = (operation: string, duration_ms: number, changes: object = {}) =>
    eventRow({ event_type: 'api.response', duration_ms, metadata: JSON.stringify({ operation }), ...changes })
  const hundred = Array.from({ length: 100 }, (_, at) => answered('list_brands', 100 - at))
  const rows = [
    ...hundred,
    answered('ask', 7, { status: 'failure' }),
    answered('ask', 9_000, { timestamp: '2026-11-03T00:00:00.000Z' }),
    eventRow({ event_type: 'api.request', duration_ms: null, metadata: '{"operation": "ask"}' }),
  ]
  await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', rows))
  expect(await asSystem(tenantId, () => latencyByOperation(tenantId, SPAN))).toEqual([
    { operation: 'list_brands', requests: 100, failures: 0, p50_ms: 50, p95_ms: 95, p99_ms: 99 },
    { operation: 'ask', requests: 1, failures: 1, p50_ms: 7, p95_ms: 7, p99_ms: 7 },
  ])
})

test('what models cost is exact to the last digit, by day in UTC', async () => {
  const tenantId = await warehouse.tenant()
  const charged = (timestamp: string, tokens_used: bigint, cost_usd: string | null) =>
    eventRow({ event_type: 'ai.tokens_used', timestamp, tokens_used, cost_usd })
  const rows = [
    charged('2026-11-01T00:00:00.000Z', 1000n, '0.000000001'),
    charged('2026-11-01T23:59:59.999Z', 20n, '1.1'),
    charged('2026-11-02T00:00:00.000Z', 3n, null),
    charged('2026-10-31T23:59:59.999Z', 9n, '9'),
    eventRow(),
  ]
  await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', rows))
  expect(await asSystem(tenantId, () => aiCostByDay(tenantId, SPAN))).toEqual([
    { day: '2026-11-01', tokens: 1020, cost_usd: '1.100000001' },
    { day: '2026-11-02', tokens: 3, cost_usd: '0' },
  ])
})

test('what accepted recommendations came to is summed by brand and kind, of those measured, in their last state', async () => {
  const tenantId = await warehouse.tenant()
  const brand_id = uuidv7()
  const accepted = (changes: object) =>
    recommendationRow({ brand_id, status: 'accepted', decided_at: '2026-11-01T10:00:00.000Z', version: 2n, ...changes })
  const sums = { spend_before_micros: 3n, spend_after_micros: 2n, credited_before_micros: 10n }
  const measured = accepted({ expected_mid_micros: 7n, outcome_measured_at: '2026-12-02T00:00:00.000Z', ...sums })
  const rows = [
    { ...measured, version: 3n },
    { ...measured, outcome_measured_at: null, spend_before_micros: 99n, version: 2n },
    accepted({ expected_mid_micros: 100n }),
    accepted({ decided_at: '2026-11-03T00:00:00.000Z' }),
    recommendationRow({ brand_id, status: 'dismissed', decided_at: '2026-11-01T10:00:00.000Z' }),
  ]
  await asSystem(tenantId, () => insertRows(tenantId, 'recommendations', rows))
  expect(await asSystem(tenantId, () => recommendationImpact(tenantId, SPAN))).toEqual([
    {
      ...{ brand_id, kind: 'reduce_budget', currency: 'USD', accepted: 2, measured: 1, expected_micros: 7n },
      ...{ ...sums, credited_after_micros: null },
    },
  ])
})
