import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import { openCauses } from '../brand.ts'
import type { Rule, Verdict } from '../rule.ts'

const PREFIX = 'spend_without_stock:'

/** Campaigns pay for visitors of a product that nobody can buy. What is advised about it says which, so both end together. */
export const spendWithoutStock: Rule = {
  rule: 'spend_without_stock',
  on: {
    'recommendation.generated': judge,
    'recommendation.accepted': judge,
    'recommendation.dismissed': judge,
    'orders.attributed': judge,
  },
}

type Conflict = { brand_id: string; cause: string; title: string; what_to_do: string; spend: number }

async function judge(db: Db): Promise<readonly Verdict[]> {
  const conflicts = await openConflicts(db)
  const causes = new Set(conflicts.map(causeOf))
  const gone = (await openCauses(db, PREFIX)).filter((cause) => !causes.has(cause))
  return [...conflicts.map(raise), ...gone.map((clear) => ({ clear }))]
}

const openConflicts = (db: Db): Promise<Conflict[]> =>
  db.query<Conflict>(sql`
    select brand_id, cause, title, body ->> 'what_to_do' as what_to_do,
      (select coalesce(sum((e ->> 'spend')::float8), 0) from jsonb_array_elements(body -> 'evidence') e) as spend
    from recommendations
    where tenant_id = ${actor().tenantId} and status = 'open' and kind = 'stock_conflict'
      and body -> 'evidence' -> 0 ->> 'state' = 'out_of_stock'
    order by cause`)

const causeOf = ({ cause }: Conflict): string => PREFIX + cause

const raise = (conflict: Conflict): Verdict => ({
  raise: causeOf(conflict),
  brandId: conflict.brand_id,
  title: conflict.title,
  message:
    `Its campaigns spent ${conflict.spend.toFixed(2)} in the last 28 days, in the brand's currency. ${conflict.what_to_do} ` +
    'The alert ends when it can be bought again, when the campaigns no longer bring its buyers, or when somebody decides on the recommendation.',
  details: { recommendation_cause: conflict.cause, spend: conflict.spend },
})
