import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'accuracy'
const WINDOW_DAYS = 30
const MIN_RATINGS = 20
const GOOD_RATING = 4
/** Above the limit by so much clears, in percent. */
const MARGIN = 2

/** Too few of the people who rated an answer found it right. */
export const accuracy: Rule = {
  rule: 'accuracy',
  on: { 'ai.feedback_provided': (db, _, { threshold }) => judge(db, threshold ?? 0) },
}

type Counts = { ratings: number; good: number }

async function judge(db: Db, limit: number): Promise<readonly Verdict[]> {
  const since = new Date(clock.now().getTime() - WINDOW_DAYS * 86_400_000)
  const counts = await db.one<Counts>(sql`
    select count(*)::int as ratings, (count(*) filter (where rating >= ${GOOD_RATING}))::int as good from ai_feedback
    where tenant_id = ${actor().tenantId} and provided_at > ${since}`)
  const { ratings, good } = counts ?? { ratings: 0, good: 0 }
  const share = ratings === 0 ? 100 : (100 * good) / ratings
  if (share >= limit + MARGIN) return [{ clear: CAUSE }]
  if (ratings < MIN_RATINGS || share >= limit) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `Only ${share.toFixed(0)} % of answers are rated as right`,
      message:
        `${good} of ${ratings} ratings in the last ${WINDOW_DAYS} days were ${GOOD_RATING} or better; the limit is ${limit} %. Read the questions with low ` +
        `ratings and their comments under Observability: mostly a metric is misunderstood, or data is missing or late.`,
      details: { window_days: WINDOW_DAYS, ratings, good },
    },
  ]
}
