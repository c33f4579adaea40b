import { AppError } from '../../shared/errors.ts'

/** Points one query may ask for: half of what Shopify allows, so that a small bucket still serves it. */
export const TARGET_POINTS = 500
const LEAST_POINTS = 60

/** The GraphQL code of a query that asks for more points than Shopify gives at all. */
export const TOO_DEAR = 'MAX_COST_EXCEEDED'

/** What a query may cost; it shrinks when Shopify counts more than we do. */
export type Budget = { points: number }

/** Runs with the budget's points, and with half of them as often as Shopify says that it is too much. */
export async function withinBudget<T>(budget: Budget, run: (points: number) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run(budget.points)
    } catch (thrown) {
      const tooDear = thrown instanceof AppError && thrown.details.graphql_code === TOO_DEAR
      if (!tooDear || budget.points <= LEAST_POINTS) throw thrown
      budget.points = Math.max(LEAST_POINTS, Math.floor(budget.points / 2))
    }
  }
}
