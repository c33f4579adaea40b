import * as z from 'zod'
import { operation } from '../../operation.ts'
import { KINDS } from '../../recommendations/recommendation.ts'
import { actor } from '../../tenant.ts'
import { recommendationImpact } from '../../warehouse/queries/recommendation-impact.ts'
import { DaysInput, daysOf } from '../admin/days.ts'
import { Money, moneyOrNull } from '../wire.ts'

const MAX_DAYS = 366
const Sum = Money.nullable()

export const getRecommendationImpact = operation({
  name: 'get_recommendation_impact',
  description:
    'What came of the recommendations that were accepted in these days, by brand and kind: what their campaigns spent and were credited with 28 days before and after, beside what was expected. It shows what went along with them, not what they caused.',
  http: { method: 'get', path: '/api/analytics/recommendation-impact' },
  permission: 'brands:read',
  surfaces: ['http'],
  input: DaysInput,
  output: z.object({
    impact: z.array(
      z.object({
        brand_id: z.uuid(),
        kind: z.enum(KINDS),
        accepted: z.int(),
        measured: z.int().describe('28 days and some more are over; the sums are of these alone.'),
        expected: Sum.describe('Of profit, or of revenue where the cost of goods is unknown.'),
        before: z.object({ spend: Sum, credited_net: Sum }),
        after: z.object({ spend: Sum, credited_net: Sum }),
      }),
    ),
  }),
  run: async (asked) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const rows = await recommendationImpact(actor().tenantId, { since: from.toISOString(), until: to.toISOString() })
    return {
      impact: rows.map(({ brand_id, kind, accepted, measured, currency, ...sums }) => {
        const of = (micros: bigint | null) => moneyOrNull(micros, currency)
        return {
          ...{ brand_id, kind: z.enum(KINDS).parse(kind), accepted, measured, expected: of(sums.expected_micros) },
          before: { spend: of(sums.spend_before_micros), credited_net: of(sums.credited_before_micros) },
          after: { spend: of(sums.spend_after_micros), credited_net: of(sums.credited_after_micros) },
        }
      }),
    }
  },
})
