import * as z from 'zod'
import { clock } from '../../shared/clock.ts'
import { getInventory } from '../../shared/operations/analytics/inventory.ts'
import { getMetrics } from '../../shared/operations/analytics/metrics.ts'
import { addDays, dayIn } from '../../shared/units.ts'
import { type Look, ROWS, WHOLE } from './look.ts'

export type Raised = {
  alert_id: string
  brand_id: string
  rule: string
  title: string
  message: string
  details: unknown
  time_zone: string
}

const Anomaly = z.object({ metric: z.enum(['net', 'orders', 'spend', 'roas']), day: z.iso.date() })

/** What a person would look at to understand the alert; null: its own words say all that there is. */
export function looksAt({ brand_id, rule, details, time_zone }: Raised): Look[] | null {
  if (rule === 'anomaly') {
    const anomaly = Anomaly.safeParse(details)
    return anomaly.success ? aroundDay(brand_id, anomaly.data) : null
  }
  const until = addDays(dayIn(time_zone, clock.now()), 1)
  if (rule === 'stock_out') return aboutStock(brand_id, { only: 'at_risk', until })
  if (rule === 'spend_without_stock') return aboutStock(brand_id, { only: 'out_of_stock', until })
  return null
}

/** The figure day by day for two weeks, and who made the last one against the one before. */
function aroundDay(id: string, { metric, day }: z.output<typeof Anomaly>): Look[] {
  const until = addDays(day, 1)
  const look = (days: number, input: object, without = ROWS): Look => ({
    operation: getMetrics,
    input: { id, since: addDays(until, -days), until, ...input },
    without,
  })
  return [
    look(14, { metrics: [metric], interval: 'day', compare: 'none' }),
    look(1, { metrics: ['net', 'orders', 'aov', 'spend', 'clicks', 'roas'] }, WHOLE),
    look(7, { metrics: ['spend', 'credited_net', 'roas'], by: 'channel' }),
    look(7, { metrics: ['spend', 'credited_net', 'roas'], by: 'campaign', limit: 6 }),
    look(7, { metrics: ['net', 'units'], by: 'product', limit: 5 }),
  ]
}

function aboutStock(id: string, { only, until }: { only: 'at_risk' | 'out_of_stock'; until: string }): Look[] {
  const week = { id, since: addDays(until, -7), until }
  const look = (input: object): Look => ({ operation: getMetrics, input: { ...week, ...input }, without: ROWS })
  return [
    { operation: getInventory, input: { id, only, limit: 5 }, without: ['brand_id', 'freshness'] },
    look({ metrics: ['units', 'net'], by: 'product', limit: 5 }),
    look({ metrics: ['spend', 'credited_net', 'roas'], by: 'campaign', limit: 6 }),
  ]
}
