import { accountDays } from '../../shared/sync/account-days.ts'
import { AdAccountCredentials, adPage, NO_DAYS } from '../../shared/sync/ad-account.ts'
import { connector, DAY_MS, READ_WHOLE } from '../../shared/sync/connector.ts'
import { metaClient } from './client.ts'
import { adSetRows, campaignRows } from './rows/objects.ts'
import { insightRows, spendTotals } from './rows.ts'

/** Meta refuses a call that starts earlier. */
const KEPT_MONTHS = 37

/** An ad account of the Marketing API. Money in the account's currency, days in the account's time zone. */
export const meta = connector({
  provider: 'meta',
  credentials: AdAccountCredentials,
  client: ({ access_token }, context) => metaClient(access_token, context),
  streams: [
    {
      name: 'account',
      ...READ_WHOLE,
      async *read(client) {
        yield adPage(await client.account(), { count: 1, resume: null })
      },
    },
    {
      name: 'campaigns',
      ...READ_WHOLE,
      async *read(client, { resume }) {
        const account = await client.account()
        for await (const { nodes, fetchedAt, next } of client.campaigns(resume)) {
          yield adPage(campaignRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
        }
      },
    },
    {
      name: 'ad_sets',
      ...READ_WHOLE,
      async *read(client, { resume }) {
        const account = await client.account()
        for await (const { nodes, fetchedAt, next } of client.adSets(resume)) {
          yield adPage(adSetRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
        }
      },
    },
    {
      name: 'daily_insights',
      cursor: 'day',
      lookback: { hourlyMs: 3 * DAY_MS, dailyMs: 28 * DAY_MS },
      historyMs: 396 * DAY_MS, // 13 months
      async *read(client, range, { now }) {
        const { timeZone } = await client.account()
        const days = accountDays(range, { timeZone, keptMonths: KEPT_MONTHS }, now())
        if (!days) return yield NO_DAYS
        for await (const { nodes, fetchedAt, next, ...wait } of client.dailyInsights(days, range.resume)) {
          yield adPage(insightRows(nodes, fetchedAt), { count: nodes.length, resume: next, ...wait })
        }
      },
    },
  ],
  totals: { measure: 'spend', read: async (client, days) => spendTotals((await client.dailySpend(days)).json) },
})
