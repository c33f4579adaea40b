import type { Result } from '../../../shared/ai/cell.ts'
import { type Call, resultOf } from '../../../shared/ai/result.ts'
import { METRICS } from '../../../shared/metrics/catalog.ts'
import { addDays } from '../../../shared/units.ts'

/** mulberry32 in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const oneOf = <T>(random: () => number, list: readonly T[]): T => {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new Error('nothing to choose from')
  return found
}

const NAMES = [
  'Summer dresses',
  'Winter coats',
  'Brand search',
  'Prospecting broad',
  'Retargeting 30d',
  'Black Friday 2026',
  'Shoes / lookalike',
]
const SHOWN = ['net', 'orders', 'spend', 'roas', 'ctr', 'aov'] as const

export type Wanted = {
  random: () => number
  id: string
  currency: string
  since: string
  until: string
  subject?: string
}

/** An answer of get_metrics by campaign, in its own shape, with figures at random; two campaigns share a name. */
export function metricsResult({ random, id, currency, since, until, subject = undefined }: Wanted): Result {
  const figure = (unit: string): unknown => {
    const value = random() < 0.04 ? null : Math.round(random() * 1e7) / 100
    return unit === 'money' && value !== null ? { amount: value.toFixed(2), currency } : value
  }
  const values = () =>
    Object.fromEntries(
      SHOWN.map((name) => {
        const unit = METRICS.find((metric) => metric.id === name)?.unit ?? 'count'
        return [name, { value: figure(unit), previous: figure(unit), change: Math.round(random() * 1e4) / 1e4 }]
      }),
    )
  const names = [...NAMES.slice(0, 3 + Math.floor(random() * 4)), 'Brand search']
  const output = {
    brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
    currency,
    period: { since, until },
    compared_with: { since: addDays(since, -365), until: addDays(until, -365) },
    model: 'last',
    ledger: 'touch',
    interval: 'total',
    metrics: [],
    total: values(),
    rows: names.map((label, at) => ({ since, key: `meta:${100 + at}`, label, values: values() })),
    rows_left_out: 0,
    as_of: '2026-11-29T08:00:00.000Z',
    provisional_since: { spend: '2026-11-27' },
    incomplete: { store: 0, ads: 0, credits: 0 },
  }
  const call: Call = { id, tool: 'get_metrics', arguments: {}, subject: subject ?? null }
  return resultOf(call, output)
}
