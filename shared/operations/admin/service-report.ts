import * as z from 'zod'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { accuracyByDay } from '../../warehouse/queries/accuracy.ts'
import { aiCostByDay } from '../../warehouse/queries/ai-cost.ts'
import { latencyByOperation } from '../../warehouse/queries/latency.ts'
import { Day, Money } from '../wire.ts'
import { cost } from './cost.ts'
import { DaysInput, daysOf } from './days.ts'

const MAX_DAYS = 366

export const serviceReport = operation({
  name: 'get_service_report',
  description:
    'How long requests took, by operation; what models cost, by day; how answers were rated, by day, model and category: from this tenant’s warehouse, which keeps seven years; at most 366 days at a time.',
  http: { method: 'get', path: ['/api/admin/service-report', '/mcp/admin/service-report'] },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: DaysInput,
  output: z.object({
    latency: z
      .array(
        z.object({
          operation: z.string(),
          requests: z.int(),
          failures: z.int().describe('Refused or failed.'),
          p50_ms: z.number(),
          p95_ms: z.number(),
          p99_ms: z.number(),
        }),
      )
      .describe('Slowest p95 first.'),
    ai_cost: z
      .array(z.object({ day: Day.describe('UTC.'), tokens: z.int(), cost: Money }))
      .describe('Oldest first; days without any are left out.'),
    accuracy: z
      .array(
        z.object({
          day: Day.describe('On which it was asked, UTC.'),
          model: z.string().nullable().describe('null: none answered.'),
          category: z.string(),
          questions: z.int(),
          ratings: z.int(),
          accurate: z.int().describe('Ratings of 4 and 5.'),
        }),
      )
      .describe('Oldest first; days without questions are left out.'),
  }),
  run: async (asked) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const span = { since: from.toISOString(), until: to.toISOString() }
    const { tenantId } = actor()
    const [latency, costs, accuracy] = await Promise.all([
      latencyByOperation(tenantId, span),
      aiCostByDay(tenantId, span),
      accuracyByDay(tenantId, span),
    ])
    return { latency, ai_cost: costs.map(({ cost_usd, ...day }) => ({ ...day, cost: cost(cost_usd) })), accuracy }
  },
})
