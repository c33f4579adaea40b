import { z } from 'zod'
import { accountDays, newestDay } from '../../shared/sync/account-days.ts'
import { connector, DAY_MS, type Page, READ_WHOLE } from '../../shared/sync/connector.ts'
import { metaClient } from './client.ts'
import { adSetRows, campaignRows } from './rows/objects.ts'
import { insightRows, type Parsed, spendTotals } from './rows.ts'

/** Printable ASCII: anything else would make the Authorization header, token and all, part of an error's text. */
const Credentials = z.object({ access_token: z.string().regex(/^[!-~]+$/) })

/** Meta refuses a call that starts earlier. */
const KEPT_MONTHS = 37

type Rest = Pick<Page, 'count' | 'resume' | 'waitMs'> & { position?: string | null }
const pageOf = (parsed: Parsed, page: Rest): Page => ({ position: null, ...parsed, ...page })

/** An ad account of the Marketing API. Money in the account's currency, days in the account's time zone. */
export const meta = connector({
  provider: 'meta',
  credentials: Credentials,
  client: ({ access_token }, context) => metaClient(access_token, context),
  streams: [
    {
      name: 'account',
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
      name: 'ad_sets',
      ...READ_WHOLE,
      async *read(client, { resume }) {
        const account = await client.account()
        for await (const { nodes, fetchedAt, next } of client.adSets(resume)) {
          yield pageOf(adSetRows(nodes, account, fetchedAt), { count: nodes.length, resume: next })
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
        if (!days) {
          yield pageOf({ rows: {}, drift: {} }, { count: 0, resume: null })
          return
        }
        for await (const { nodes, fetchedAt, next, ...wait } of client.dailyInsights(days, range.resume)) {
          const parsed = insightRows(nodes, fetchedAt)
          yield pageOf(parsed, { count: nodes.length, resume: next, position: newestDay(parsed.rows), ...wait })
        }
      },
    },
  ],
  totals: { measure: 'spend', read: async (client, days) => spendTotals((await client.dailySpend(days)).json) },
})
