import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { monthlyBudget } from '../questions/account.ts'
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
const Budget = z.object({
  month: z.string().describe('This one, UTC, as 2026-11.'),
  spent: Money,
  limit: Money.describe("The tenant's own, at most its tier's."),
})
type Row = { day: string; requests: number; questions: number; tokens: bigint; cost_usd: string }

export const usage = operation({
  name: 'get_usage',
  description:
    "Requests, questions, tokens and cost of this tenant by day, oldest first, at most 90 days; and this month's AI budget.",
  http: { method: 'get', path: ['/api/admin/usage', '/mcp/admin/usage'] },
  permission: 'admin:manage',
  reads: 'replica',
  surfaces: ['http'],
  input: DaysInput,
  output: z.object({ days: z.array(UsageDay), budget: Budget }),
  run: async (asked) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const [rows, budget] = await transaction((db) => Promise.all([readDays(db, from, to), readBudget(db)]))
    return {
      days: rows.map(({ cost_usd, tokens, ...row }) => ({ ...row, tokens: Number(tokens), cost: cost(cost_usd) })),
      budget,
    }
  },
})

const readDays = (db: Db, from: Date, to: Date): Promise<Row[]> =>
  db.query(sql`
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
    left join counted on counted.day = all_days.day::date order by 1`)

async function readBudget(db: Db): Promise<z.input<typeof Budget>> {
  const month = clock.now().toISOString().slice(0, 7)
  const [limit, row] = await Promise.all([
    monthlyBudget(db),
    db.one<{ spent_usd: string }>(sql`
      select trim_scale(spent_usd)::text as spent_usd from ai_budgets
      where tenant_id = ${actor().tenantId} and month = ${`${month}-01`}::date`),
  ])
  return { month, spent: cost(row?.spent_usd ?? '0'), limit: cost(limit) }
}
