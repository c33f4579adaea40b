import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'token_cost_spike'
const BASELINE_DAYS = 14
/** Less than this a day, in USD, is no spike, whatever was usual. */
const LEAST_USD = 5

/** A tenant's AI costs several times what it usually does on a day. */
export const tokenCostSpike: Rule = {
  rule: 'token_cost_spike',
  on: { 'ai.tokens_used': (db, _, { threshold }) => judge(db, threshold ?? 0) },
}

type Costs = { today: number; usual: number }

/** The last 24 hours against the mean of the two weeks before, days without cost included; half of the limit clears. */
async function judge(db: Db, times: number): Promise<readonly Verdict[]> {
  const now = clock.now()
  const dayAgo = new Date(now.getTime() - 86_400_000)
  const since = new Date(now.getTime() - (BASELINE_DAYS + 1) * 86_400_000)
  const costs = await db.one<Costs>(sql`
    select coalesce(sum(cost_usd) filter (where "timestamp" > ${dayAgo}), 0)::float8 as today,
      (coalesce(sum(cost_usd) filter (where "timestamp" <= ${dayAgo}), 0) / ${BASELINE_DAYS}::int)::float8 as usual
    from observability_events
    where tenant_id = ${actor().tenantId} and class = 'fact' and event_type = 'ai.tokens_used' and "timestamp" > ${since}`)
  const { today, usual } = costs ?? { today: 0, usual: 0 }
  const limit = Math.max(LEAST_USD, times * usual)
  if (today < limit / 2) return [{ clear: CAUSE }]
  if (today <= limit) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `AI cost $${today.toFixed(2)} in 24 hours`,
      message:
        `That is more than ${times} times the usual $${usual.toFixed(2)} a day. Look under Observability who asks, and what: a script, a very long ` +
        `conversation, or a question that makes many tool calls. The budget stops it at 100 %.`,
      details: { today_usd: today, usual_usd: usual, times },
    },
  ]
}
