import { accountDays } from '../../shared/sync/account-days.ts'
import { AdAccountCredentials, adPage, NO_DAYS } from '../../shared/sync/ad-account.ts'
import { connector, DAY_MS, READ_WHOLE } from '../../shared/sync/connector.ts'
import { googleAdsClient } from './client.ts'
import { campaignRows, dayRows, spendTotals } from './rows.ts'

/** Google keeps daily figures this long since June 2026; monthly ones for eleven years. */
const KEPT_MONTHS = 37

/** A client account of the Google Ads API. Money in the account's currency, days in the account's time zone. */
export const googleAds = connector({
  provider: 'google-ads',
  credentials: AdAccountCredentials,
  client: ({ access_token }, context) => googleAdsClient(access_token, context),
  streams: [
    {
      name: 'customer',
      ...READ_WHOLE,
      async *read(client) {
        yield adPage(await client.account(), { count: 1, resume: null })
      },
    },
    {
      name: 'campaigns',
      ...READ_WHOLE,
      async *read(client) {
        const account = await client.account()
        const { nodes, fetchedAt } = await client.campaigns()
        yield adPage(campaignRows(nodes, account, fetchedAt), { count: nodes.length, resume: null })
      },
    },
    {
      name: 'daily_metrics',
      cursor: 'day',
      // Conversions come in for as long as the account's own window says: 30 days by default, 90 at most, which covers all.
      lookback: { hourlyMs: 3 * DAY_MS, dailyMs: 90 * DAY_MS },
      historyMs: 396 * DAY_MS, // 13 months
      async *read(client, range, { now }) {
        const account = await client.account()
        const days = accountDays(range, { timeZone: account.timeZone, keptMonths: KEPT_MONTHS }, now())
        if (!days) return yield NO_DAYS
        for await (const { next, ...window } of client.days(days, range.resume)) {
          const parsed = dayRows(window, account)
          yield adPage(parsed, { count: parsed.rows.ad_performance?.length ?? 0, resume: next })
        }
      },
    },
  ],
  totals: { measure: 'spend', read: async (client, days) => spendTotals((await client.spend(days)).nodes) },
})
