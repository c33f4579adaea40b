import { toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { addDays, dayIn } from '../units.ts'
import type { Days } from './account-days.ts'
import type { ConnectionContext, Connector, Measure, Total } from './connector.ts'
import type { Run } from './facts.ts'
import { sameUtcDay } from './state.ts'

/**
 * Whole days of these ages are compared, today being 0. Yesterday may have ended a minute ago, and shops find new orders
 * late; platforms still change the spend of three days, and an account's today may be our yesterday.
 */
const COMPARED = { orders: { oldest: 8, youngest: 2 }, spend: { oldest: 28, youngest: 4 } } as const

/** What the provider told of these days; a day that it left out had nothing. */
export type Told = { measure: Measure; days: Days; totals: readonly Total[] }
type Reading = { client: unknown; context: ConnectionContext; run: Run }

/**
 * The provider's own sums, once a day. Null when they were compared today already or it cannot tell now: then the sync is
 * complete nonetheless, and the next hour asks again.
 */
export async function readTotals({ totals }: Connector, { client, context, run }: Reading): Promise<Told | null> {
  const { kind, lease } = run
  const now = context.now()
  if (!totals || kind === 'backfill' || (lease.reconciled_at && sameUtcDay(lease.reconciled_at, now))) return null
  const today = dayIn(context.timeZone, now)
  const { oldest, youngest } = COMPARED[totals.measure]
  const days = { since: addDays(today, -oldest), until: addDays(today, -youngest) }
  try {
    return { measure: totals.measure, days, totals: await totals.read(client, days, context) }
  } catch (error) {
    if (!toAppError(error).code.startsWith('PROVIDER_')) throw error
    logError('The provider could not tell its totals.', error, { integration_id: lease.integration_id })
    return null
  }
}
