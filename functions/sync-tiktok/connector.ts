import { accountDays } from '../../shared/sync/account-days.ts'
import { AdAccountCredentials, adPage, NO_DAYS } from '../../shared/sync/ad-account.ts'
import { connector, DAY_MS, READ_WHOLE } from '../../shared/sync/connector.ts'
import { tiktokClient } from './client.ts'
import { campaignRows, reportRows, spendTotals } from './rows.ts'

/** TikTok names no oldest day of campaign reports; ten years are more than it has sold ads for. */
const KEPT_MONTHS = 120

/** An ad account (advertiser) of TikTok Ads. Money in the account's currency, days in the account's time zone. */
export const tiktok = connector({
  provider: 'tiktok',
  credentials: AdAccountCredentials,
  client: ({ access_token }, context) => tiktokClient(access_token, context),
  streams: [
    {
      name: 'advertiser',
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
      name: 'daily_report',
      cursor: 'day',
      lookback: { hourlyMs: 3 * DAY_MS, dailyMs: 28 * DAY_MS },
      historyMs: 396 * DAY_MS, // 13 months
      async *read(client, range, { now }) {
        const account = await client.account()
        const days = accountDays(range, { timeZone: account.timeZone, keptMonths: KEPT_MONTHS }, now())
        if (!days) return yield NO_DAYS
        for await (const { nodes, fetchedAt, next } of client.dailyReport(days, range.resume)) {
          yield adPage(reportRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
        }
      },
    },
  ],
  totals: {
    measure: 'spend',
    read: async (client, days) => spendTotals(await client.dailySpend(days), await client.account()),
  },
})
