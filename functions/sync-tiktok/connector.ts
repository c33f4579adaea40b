import { z } from 'zod'
import { accountDays, newestDay } from '../../shared/sync/account-days.ts'
import { connector, DAY_MS, type Page, READ_WHOLE } from '../../shared/sync/connector.ts'
import { tiktokClient } from './client.ts'
import { campaignRows, type Parsed, reportRows, spendTotals } from './rows.ts'

/** Printable ASCII: anything else would make the header, token and all, part of an error's text. */
const Credentials = z.object({ access_token: z.string().regex(/^[!-~]+$/) })

/** TikTok names no oldest day of campaign reports; ten years are more than it has sold ads for. */
const KEPT_MONTHS = 120

type Rest = Pick<Page, 'count' | 'resume'>
const pageOf = (parsed: Parsed, page: Rest): Page => ({ ...parsed, ...page, position: newestDay(parsed.rows) })

/** An ad account (advertiser) of TikTok Ads. Money in the account's currency, days in the account's time zone. */
export const tiktok = connector({
  provider: 'tiktok',
  credentials: Credentials,
  client: ({ access_token }, context) => tiktokClient(access_token, context),
  streams: [
    {
      name: 'advertiser',
      ...READ_WHOLE,
      async *read(client) {
        const { rows, drift } = await client.account()
        yield pageOf({ rows, drift }, { count: 1, resume: null })
      },
    },
    {
      name: 'campaigns',
      ...READ_WHOLE,
      async *read(client, { resume }) {
        const account = await client.account()
        for await (const { nodes, fetchedAt, next } of client.campaigns(resume)) {
          yield pageOf(campaignRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
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
        if (!days) {
          yield pageOf({ rows: {}, drift: {} }, { count: 0, resume: null })
          return
        }
        for await (const { nodes, fetchedAt, next } of client.dailyReport(days, range.resume)) {
          yield pageOf(reportRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
        }
      },
    },
  ],
  totals: {
    measure: 'spend',
    read: async (client, days) => spendTotals(await client.dailySpend(days), await client.account()),
  },
})
