import * as z from 'zod'
import { AppError } from '../../shared/errors.ts'
import { addDays, countDays, type Days, earlier } from '../../shared/sync/account-days.ts'
import type { ConnectionContext, Json } from '../../shared/sync/connector.ts'
import { type Answer, type Api, googleAdsApi } from './client/api.ts'
import { wantsLess } from './client/failures.ts'
import { type SignedIn, signIn } from './client/sign-in.ts'
import { CAMPAIGNS, METRICS, PURCHASES, SPEND } from './rows/nodes.ts'
import type { Account } from './rows.ts'

/*
 * Quirks of the Google Ads API, v25
 *  1. A developer token is not sent: since September 2026 the Cloud project of the OAuth client is what has access, and
 *     the servers ignore the header.
 *  2. An account that is reached through a manager needs the manager's id in `login-customer-id`, else it is a 403
 *     (USER_PERMISSION_DENIED). The connection knows only the account: the manager is looked for, once a client.
 *  3. searchStream answers a JSON array of chunks without a cursor, an error as an array of one, and one that comes up
 *     in the middle as its last element, under status 200. So history goes by windows of days: the place to go on is the
 *     first day of the next one.
 *  4. int64 are strings, doubles numbers; what is empty or zero may be left out.
 *  5. `metrics.conversions` counts all that the account calls a conversion, sign-ups too. Purchases alone need
 *     `segments.conversion_action_category`, which is refused beside cost and clicks: a second query, merged by campaign
 *     and day. They are fractions, booked on the day of the click. Both of a window count as read before the first.
 *  6. Days without impressions are left out. A row that was read and is no longer sent stays.
 *  7. A query is one operation of the project's daily quota, however many rows: an hour costs four, a day's first nine.
 */
/** Ninety days, which are read again each day, are three windows. */
const DAYS_A_CALL = 31

const Place = z.object({ since: z.iso.date() })

/** Of the account's days, what was spent and what was bought; where the next window begins, null after the last one. */
export type Window = {
  metrics: readonly unknown[]
  purchases: readonly unknown[]
  fetchedAt: string
  next: { since: string } | null
}

export type GoogleAdsClient = {
  /** The account, read once a client. A manager account is refused: PROVIDER_REJECTED. */
  account(): Promise<Account>
  /** All campaigns, removed ones too. */
  campaigns(): Promise<Answer>
  /** Windows of ≤ 31 days, oldest first. `resume` is the `next` of the last one that was kept. */
  days(days: Days, resume: Json | null): AsyncIterable<Window>
  /** What the account itself says of each day. */
  spend(days: Days): Promise<Answer>
}

/** Reads one client account. Every method throws PROVIDER_* errors only. Source: developers.google.com, v25. */
export function googleAdsClient(accessToken: string, context: ConnectionContext): GoogleAdsClient {
  const { accountId } = context
  if (!/^\d+$/.test(accountId)) {
    throw new AppError('PROVIDER_NOT_FOUND', 'A Google Ads account is named by its digits alone, without dashes.')
  }
  const api = googleAdsApi(accessToken, context)
  let signedIn: Promise<SignedIn> | undefined
  const opened = (): Promise<SignedIn> => {
    signedIn ??= signIn(api, accountId)
    return signedIn
  }
  const search = async (query: string): Promise<Answer> => {
    const { loginId } = await opened()
    return api.search({ customerId: accountId, loginId }, query)
  }
  return {
    account: async () => (await opened()).account,
    campaigns: () => search(CAMPAIGNS.query),
    days: (days, resume) => walkDays(search, days, resume),
    spend: (days) => search(SPEND.query(days)),
  }
}

type Search = (query: string) => ReturnType<Api['search']>

/** Where a window is too large for one answer, it and the following ones are halved, down to a day. */
async function* walkDays(search: Search, days: Days, resume: Json | null): AsyncGenerator<Window> {
  const place = Place.safeParse(resume)
  let since = earlier(place.success ? place.data.since : days.since, days.until)
  let daysACall = DAYS_A_CALL
  for (;;) {
    const window = { since, until: earlier(addDays(since, daysACall - 1), days.until) }
    let read: Omit<Window, 'next'>
    try {
      read = await readWindow(search, window)
    } catch (error) {
      daysACall = Math.floor(countDays(window) / 2)
      if (!wantsLess(error) || daysACall < 1) throw error
      continue
    }
    const next = window.until < days.until ? { since: addDays(window.until, 1) } : null
    yield { ...read, next }
    if (!next) return
    since = next.since
  }
}

async function readWindow(search: Search, days: Days): Promise<Omit<Window, 'next'>> {
  const { nodes: metrics, fetchedAt } = await search(METRICS.query(days))
  const { nodes: purchases } = await search(PURCHASES.query(days))
  return { metrics, purchases, fetchedAt }
}
