import { z } from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { Day, Money } from '../wire.ts'
import { cost } from './cost.ts'
import { DaysInput, daysOf } from './days.ts'

const MAX_DAYS = 90
const UsageDay = z.object({
  day: Day.describe('UTC.'),
  requests: z.int().describe('Counted while telemetry is kept.'),
  questions: z.int(),
  tokens: z.int(),
  cost: Money,
})
type Row = { day: string; requests: number; questions: number; tokens: bigint; cost_usd: string }

export const usage = operation({
  name: 'get_usage',
  description: 'Requests, questions, tokens and cost of this tenant by day, oldest first; at most 90 days.',
  http: { method: 'get', path: ['/api/admin/usage', '/mcp/admin/usage'] },
  permission: 'admin:manage',
  reads: 'replica',
  surfaces: ['http'],
  input: DaysInput,
  output: z.object({ days: z.array(UsageDay) }),
  run: async (asked) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const rows = await transaction((db) =>
      db.query<Row>(sql`
        with counted as (
          select ("timestamp" at time zone 'UTC')::date as day,
            count(*) filter (where event_type = 'api.response')::int as requests,
            count(*) filter (where event_type = 'ai.question_asked')::int as questions,
            sum(tokens_used)::bigint as tokens, sum(cost_usd) as cost_usd
          from observability_events
          where tenant_id = ${actor().tenantId} and "timestamp" >= ${from}::timestamptz and "timestamp" < ${to}::timestamptz
          group by 1)
        select all_days.day::date as day, coalesce(requests, 0) as requests, coalesce(questions, 0) as questions,
          coalesce(tokens, 0) as tokens, trim_scale(coalesce(cost_usd, 0))::text as cost_usd
        from generate_series(${from}::timestamptz at time zone 'UTC',
          ${to}::timestamptz at time zone 'UTC' - interval '1 day', interval '1 day') as all_days (day)
        left join counted on counted.day = all_days.day::date order by 1`),
    )
    return {
      days: rows.map(({ cost_usd, tokens, ...row }) => ({ ...row, tokens: Number(tokens), cost: cost(cost_usd) })),
    }
  },
})
