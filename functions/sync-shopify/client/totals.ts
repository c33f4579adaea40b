import * as z from 'zod'
import { countDays, type Days } from '../../../shared/sync/account-days.ts'
import type { ConnectionContext, Total } from '../../../shared/sync/connector.ts'
import { addDays, startOfDay } from '../../../shared/units.ts'
import type { ShopifyClient } from '../client.ts'
import { parsed } from '../rows/scalars.ts'

/** Without a limit the count is exact. */
const Counts = z.record(z.string(), z.object({ count: z.int(), precision: z.literal('EXACT') }))
const POINTS_A_DAY = 2

/** How many orders the shop has of each of the brand's days, by `processed_at`, in one query. */
export async function orderTotals(
  client: ShopifyClient,
  days: Days,
  { timeZone }: ConnectionContext,
): Promise<Total[]> {
  const asked = Array.from({ length: countDays(days) }, (_, at) => ({ at, day: addDays(days.since, at) }))
  const parts = asked.map(({ at }) => `d${at}: ordersCount(query: $d${at}, limit: null) { count precision }`)
  const text = `query (${asked.map(({ at }) => `$d${at}: String!`).join(', ')}) { ${parts.join(' ')} }`
  const variables = Object.fromEntries(asked.map(({ at, day }) => [`d${at}`, processedOn(day, timeZone)]))
  const counts = parsed(Counts, await client.query({ text, variables, points: asked.length * POINTS_A_DAY }))
  return asked.map(({ at, day }) => ({ day, value: BigInt(counts[`d${at}`]?.count ?? 0), currency: null }))
}

function processedOn(day: string, timeZone: string): string {
  const [since, until] = [startOfDay(timeZone, day), startOfDay(timeZone, addDays(day, 1))]
  return `processed_at:>='${since.toISOString()}' AND processed_at:<'${until.toISOString()}'`
}
