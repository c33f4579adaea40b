import { AppError } from '../../shared/errors.ts'
import { addDays, type Days, earlier } from '../../shared/sync/account-days.ts'
import type { ConnectionContext, Json } from '../../shared/sync/connector.ts'
import { type Answer, tiktokApi } from './client/api.ts'
import { ListPlace, ReportPlace, type Step, walk } from './client/walk.ts'
import { ADVERTISER_FIELDS, CAMPAIGN_FIELDS, METRICS, SPEND_METRICS } from './rows/nodes.ts'
import { type Account, readAccount } from './rows.ts'

/*
 * Quirks of TikTok API for Business, v1.3
 *  1. Paths end with a slash. Lists and filters in the query are JSON text.
 *  2. The token goes into the header `Access-Token`, without "Bearer". It does not end by itself.
 *  3. Failures answer 200; what is wrong is the `code` of the envelope. Limits are codes too and never say how long to wait.
 *  4. Ids have 19 digits. They come as text, and were seen as numbers, which a double would round; metrics come as text,
 *     as numbers, as "-" or null (not measured). So numbers are read as the text they were written as.
 *  5. `timezone` is POSIX without clock changes ("Etc/GMT+8" is eight hours behind UTC): days are cut in `display_timezone`.
 *     Times of campaigns are in UTC.
 *  6. Purchases come in three legs: on the web (whose value is called "total_complete_payment_rate"), in an app and in
 *     TikTok's shop. Nothing adds them up, and `conversion` counts whatever an ad is optimised for.
 *  7. A report by day has 30 days at most, in no order. Past days change for up to 28 days: while pages are read their rows
 *     may shift, and the same row twice is the same row. What has no delivery has no row, or one of zeros.
 *  8. Deleted campaigns are hidden unless all are asked for. Reserved ads (TopView, reach and frequency) are listed and
 *     reported apart; they are not read.
 *  9. A page may be shorter than was asked for: `page_info` says by which length the pages are counted.
 */
const FIRST: ListPlace = { page: 1, page_size: 1_000 }
const DAYS_A_REPORT = 30
const ALL = JSON.stringify({ secondary_status: 'CAMPAIGN_STATUS_ALL' })
type Kind = Readonly<Record<string, string>>
const AUCTION: Kind = { service_type: 'AUCTION', report_type: 'BASIC' }
const BY_CAMPAIGN: Kind = {
  ...AUCTION,
  data_level: 'AUCTION_CAMPAIGN',
  dimensions: JSON.stringify(['campaign_id', 'stat_time_day']),
  metrics: METRICS,
}
const IN_ALL: Kind = {
  ...AUCTION,
  data_level: 'AUCTION_ADVERTISER',
  dimensions: JSON.stringify(['advertiser_id', 'stat_time_day']),
  metrics: SPEND_METRICS,
}

export type TikTokClient = {
  /** The advertiser, read once a client. */
  account(): Promise<Account>
  /** All campaigns, deleted ones too, ≤ 1,000 a page. `resume` is the `next` of the last page that was kept. */
  campaigns(resume: Json | null): AsyncIterable<Step<ListPlace>>
  /** Rows a campaign and day, ≤ 30 days a report, oldest report first, ≤ 1,000 rows a page. `resume` as for campaigns. */
  dailyReport(days: Days, resume: Json | null): AsyncIterable<Step<ReportPlace>>
  /** What the advertiser itself says of each day, at most thirty: a list of SpendNode. */
  dailySpend(days: Days): Promise<Answer>
}

/** Reads one advertiser. Every method throws PROVIDER_* errors only. Source: business-api.tiktok.com, v1.3. */
export function tiktokClient(accessToken: string, context: ConnectionContext): TikTokClient {
  const { accountId: advertiser_id } = context
  if (!/^\d+$/.test(advertiser_id)) throw new AppError('PROVIDER_NOT_FOUND', 'An advertiser is named by its digits.')
  const api = tiktokApi(accessToken, context)
  const pageAt = ({ page, page_size }: ListPlace) => ({ page: String(page), page_size: String(page_size) })
  const report = (kind: Kind, { since, until }: Days, place: ListPlace) =>
    api('report/integrated/get', { advertiser_id, ...kind, start_date: since, end_date: until, ...pageAt(place) })
  let account: Promise<Account> | undefined
  return {
    account: () => {
      const query = { advertiser_ids: JSON.stringify([advertiser_id]), fields: ADVERTISER_FIELDS }
      account ??= api('advertiser/info', query).then((answer) => readAccount(answer, advertiser_id))
      return account
    },
    campaigns: (resume) =>
      walk<ListPlace>({
        start: ListPlace.safeParse(resume).data ?? FIRST,
        ask: (place) =>
          api('campaign/get', { advertiser_id, filtering: ALL, fields: CAMPAIGN_FIELDS, ...pageAt(place) }),
        following: () => null,
      }),
    dailyReport: (days, resume) => {
      const from = (since: string): ReportPlace => ({
        since,
        until: earlier(addDays(since, DAYS_A_REPORT - 1), days.until),
        ...FIRST,
      })
      return walk<ReportPlace>({
        start: ReportPlace.safeParse(resume).data ?? from(days.since),
        ask: (place) => report(BY_CAMPAIGN, place, place),
        following: ({ until }) => (until < days.until ? from(addDays(until, 1)) : null),
      })
    },
    dailySpend: (days) => report(IN_ALL, days, FIRST),
  }
}
