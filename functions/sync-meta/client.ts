import { AppError } from '../../shared/errors.ts'
import type { Days } from '../../shared/sync/account-days.ts'
import type { ConnectionContext, Json } from '../../shared/sync/connector.ts'
import { graphOf } from './client/graph.ts'
import { type InsightPlace, walkInsights } from './client/insights.ts'
import { spendOf } from './client/lists.ts'
import { AD_SETS, CAMPAIGNS, type ObjectPlace, walkObjects } from './client/objects.ts'
import type { Answer, Step } from './client/walk.ts'
import { ACCOUNT_FIELDS } from './rows/nodes.ts'
import { type Account, readAccount } from './rows.ts'

/*
 * Quirks of the Marketing API, v25.0
 *  1. The token goes into the Authorization header only. `paging.next` quotes it: pages go by `cursors.after`.
 *  2. Rate limits are 400 or 403 with a code, without Retry-After; how long to wait is in the usage headers.
 *  3. Archived campaigns and ad sets are listed only when asked for by status; asking for deleted ones is refused by some
 *     accounts (code 100, subcode 1815001), then they are left out. An unknown status in the list is refused too (1487561).
 *  4. Insights leave out metrics that are 0, days without delivery, and campaigns that were deleted; some calls answer
 *     empty where they should refuse. So a day that no longer comes proves nothing, and its row stays: the money was spent.
 *     It is stale at most by what came in after the deletion, which the campaign's status tells (DELETED, or no longer read).
 *     Spend that Meta takes back comes as a smaller figure of a row that has its impressions still.
 *  5. Past days change for up to 28 days, so that rows shift between the pages of a list: one that comes twice is the same
 *     row, and one that a deletion moves past a page comes when its day is read next. What a run counted stands still.
 *  6. Conversions are those of the account's own attribution setting (`value`); the windows are named in the call so
 *     that they stay stated whatever Meta's default becomes. 7d_view and 28d_view ended in January 2026.
 *  7. Too much data is a 500 with code 1, or one of three subcodes: smaller pages, then fewer days.
 *  8. More than a month of insights is counted in the background by report runs. One is done only when it is called
 *     "Job Completed" at 100 %: what can be read before is a part that looks like the whole. Some fail, are skipped (that
 *     is how cancelled and expired ones end) or stay at 0 % for ever: fewer days, and in the end no run at all. What a run
 *     counted is as old as the request for it, so that its rows give way to those that were asked for later.
 */

export type MetaClient = {
  /** The ad account, read once a client. */
  account(): Promise<Account>
  /** Of every status, in Meta's order, ≤ 200 a page. `resume` is the `next` of the last page that was kept. */
  campaigns(resume: Json | null): AsyncIterable<Step<ObjectPlace>>
  adSets(resume: Json | null): AsyncIterable<Step<ObjectPlace>>
  /** Rows a campaign and day, oldest days first, ≤ 500 a page. `resume` as for campaigns. */
  dailyInsights(days: Days, resume: Json | null): AsyncIterable<Step<InsightPlace>>
  /** What the account itself says of each day, at most a month: a list of SpendNode. */
  dailySpend(days: Days): Promise<Answer>
}

/** Reads one ad account. Every method throws PROVIDER_* errors only. Source: developers.facebook.com, v25.0. */
export function metaClient(accessToken: string, context: ConnectionContext): MetaClient {
  const { accountId } = context
  if (!/^\d+$/.test(accountId)) {
    throw new AppError('PROVIDER_NOT_FOUND', 'An ad account is named by its digits alone, without "act_".')
  }
  const source = { graph: graphOf(accessToken, context), account: `act_${accountId}` }
  let account: Promise<Account> | undefined
  const firstAccount = async (): Promise<Account> => {
    const { json, fetchedAt } = await source.graph({ path: source.account, query: { fields: ACCOUNT_FIELDS } })
    return readAccount(json, fetchedAt)
  }
  return {
    account: () => {
      account ??= firstAccount()
      return account
    },
    campaigns: (resume) => walkObjects(source, CAMPAIGNS, resume),
    adSets: (resume) => walkObjects(source, AD_SETS, resume),
    dailyInsights: (days, resume) => walkInsights(source, days, resume),
    dailySpend: (days) => source.graph({ path: `${source.account}/insights`, query: spendOf(days) }),
  }
}
