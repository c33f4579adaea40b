import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { openCauses } from '../brand.ts'
import type { Rule } from '../rule.ts'

const BUDGET = 'ai_budget:'
const PLATFORM = 'ai_cost:'

/** A tenant's budget for AI is nearly, or quite, spent. */
export const aiBudget: Rule = {
  rule: 'ai_budget',
  on: {
    'ai.budget_reached': async (db, { data }) => {
      const cause = `${BUDGET}${data.month}:${data.level}`
      const others = (await openCauses(db, BUDGET)).filter(
        (open) => open !== cause && open !== `${BUDGET}${data.month}:stop`,
      )
      return [raiseBudget(cause, data), ...others.map((clear) => ({ clear }))]
    },
    // The first answer of a new month: the old month's budget is over.
    'ai.tokens_used': async (db, { occurredAt }) =>
      (await openCauses(db, BUDGET))
        .filter((cause) => cause.slice(BUDGET.length, BUDGET.length + 7) < occurredAt.slice(0, 7))
        .map((clear) => ({ clear })),
  },
}

/** All tenants together cost more on a day than operators expect. Judged in the platform's tenant. */
export const aiCost: Rule = {
  rule: 'ai_cost',
  on: {
    'ai.cost_reached': async (db, { data: { day, cost_usd, limit_usd } }) => {
      const cause = PLATFORM + day
      const others = (await openCauses(db, PLATFORM)).filter((open) => open !== cause)
      return [
        {
          raise: cause,
          brandId: null,
          title: `AI of all tenants cost more than $${limit_usd} on ${day}`,
          message:
            `It is $${cost_usd} so far; the limit is $${limit_usd}. Tenants' own budgets still hold. Look under Platform which tenants ` +
            `use most of it, whether one of them asks by a script, and whether a price or a model changed.`,
          details: { day, cost_usd, limit_usd },
        },
        ...others.map((clear) => ({ clear })),
      ]
    },
  },
}

function raiseBudget(
  cause: string,
  { month, level, spent_usd, limit_usd }: ReceivedEvent<'ai.budget_reached'>['data'],
) {
  const isOver = level === 'stop'
  const then = isOver
    ? 'No question is answered until the month ends or the budget is raised.'
    : 'At 100 % no question is answered any more.'
  return {
    raise: cause,
    brandId: null,
    title: isOver ? 'The AI budget of this month is spent' : '80 % of the AI budget of this month is spent',
    message: `$${spent_usd} of $${limit_usd} since ${month}. ${then} Look under Observability who asks most; the budget is set under Settings.`,
    details: { month, level, spent_usd, limit_usd },
  }
}
