import { z } from 'zod'
import { config } from '../../shared/config.ts'
import { AppError, toAppError } from '../../shared/errors.ts'
import { pace, request } from '../../shared/fetch.ts'
import type { ConnectionContext, Json } from '../../shared/sync/connector.ts'
import { addDays, countDays, type Days, earlier } from './client/days.ts'
import { isRefusedParameter, rateLimited, readAnswer, TARGET, wantsLess } from './client/failures.ts'
import { usageOf } from './client/usage.ts'
import { type Answer, type Step, walk } from './client/walk.ts'
import { ACCOUNT_FIELDS, CAMPAIGN_FIELDS, INSIGHT_FIELDS } from './rows/nodes.ts'
import { type Account, readAccount } from './rows.ts'

/*
 * Quirks of the Marketing API, v25.0
 *  1. The token goes into the Authorization header only. `paging.next` quotes it: pages go by `cursors.after`.
 *  2. Rate limits are 400 or 403 with a code, without Retry-After; how long to wait is in the usage headers.
 *  3. Archived campaigns are listed only when asked for by status; asking for deleted ones is refused by some accounts
 *     (code 100, subcode 1815001), then they are left out. An unknown status in the list is refused too (1487561).
 *  4. Insights leave out metrics that are 0 and days without delivery. What was deleted leaves the answers: the rows
 *     that were read before stay, which is right, since the money was spent.
 *  5. Past days change for up to 28 days, so that rows shift between pages. They only ever come in, never out: a shifted
 *     page repeats rows, and the same row twice is the same row.
 *  6. Conversions are those of the account's own attribution setting (`value`); the windows are named in the call so
 *     that they stay stated whatever Meta's default becomes. 7d_view and 28d_view ended in January 2026.
 *  7. Too much data is a 500 with code 1, or one of three subcodes: smaller pages, then fewer days.
 */
const VERSION = 'v25.0'
const TRIES = 3
const BACKOFF_MS = 1_000
const CAMPAIGN_PAGE = 200
const INSIGHT_PAGE = 500
const DAYS_A_CALL = 30
const WINDOWS = JSON.stringify(['1d_click', '7d_click', '1d_view'])
const STATUSES = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'IN_PROCESS', 'WITH_ISSUES']
const DELETED_NOT_LISTED = 1815001

const CampaignPlace = z.object({ after: z.string() })
const InsightPlace = z.object({ since: z.iso.date(), until: z.iso.date(), after: z.string().optional() })
type CampaignPlace = { after?: string }
type InsightPlace = Days & { after?: string }

export type MetaClient = {
  /** The ad account, read once a client. */
  account(): Promise<Account>
  /** Campaigns of every status, in Meta's order, ≤ 200 a page. `resume` is the `next` of the last page that was kept. */
  campaigns(resume: Json | null): AsyncIterable<Step<CampaignPlace>>
  /** Rows a campaign and day, ≤ 30 days a list, oldest list first, ≤ 500 a page. `resume` as for campaigns. */
  dailyInsights(days: Days, resume: Json | null): AsyncIterable<Step<InsightPlace>>
}

/** Reads one ad account. Every method throws PROVIDER_* errors only. Source: developers.facebook.com, v25.0. */
export function metaClient(accessToken: string, context: ConnectionContext): MetaClient {
  if (!/^\d+$/.test(context.accountId)) {
    throw new AppError('PROVIDER_NOT_FOUND', 'An ad account is named by its digits alone, without "act_".')
  }
  const read = graph(accessToken, context)
  let account: Promise<Account> | undefined
  const firstAccount = async (): Promise<Account> => {
    const { json, fetchedAt } = await read('', { fields: ACCOUNT_FIELDS })
    return readAccount(json, fetchedAt)
  }
  return {
    account: () => {
      account ??= firstAccount()
      return account
    },
    campaigns: (resume) => walkCampaigns(read, resume),
    dailyInsights: (days, resume) => walkInsights(read, days, resume),
  }
}

type Edge = '' | '/campaigns' | '/insights'
type Graph = (edge: Edge, query: Readonly<Record<string, string>>) => Promise<Answer>

/**
 * Reads of one ad account and its edges, paced by what Meta's usage headers said last. Throws PROVIDER_RATE_LIMITED
 * before a call that would meet a limit, so that the page before it is kept. Source: developers.facebook.com, v25.0.
 */
function graph(accessToken: string, { accountId, now }: ConnectionContext): Graph {
  const headers = { Authorization: `Bearer ${accessToken}` }
  let stopUntilMs = 0
  let slowMs = 0

  async function ask(url: string): Promise<Answer> {
    const remainingMs = stopUntilMs - now().getTime()
    if (remainingMs > 0) throw rateLimited(remainingMs)
    if (slowMs > 0) await pace.wait(slowMs)
    const fetchedAt = now().toISOString()
    const answer = await request({ target: TARGET, url, headers, returnServerErrors: true })
    const usage = usageOf(answer.headers)
    slowMs = usage.slowMs
    if (usage.stop) stopUntilMs = now().getTime() + usage.waitMs
    return { json: readAnswer(answer, now()), fetchedAt }
  }

  return async (edge, query) => {
    const url = `${config('META_URL')}/${VERSION}/act_${accountId}${edge}?${new URLSearchParams(query)}`
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(url)
      } catch (error) {
        if (attempt >= TRIES || !mayPass(error)) throw error
        await pace.wait(pace.random() * BACKOFF_MS * 2 ** attempt)
      }
    }
  }
}

/** Errors below 500 that Meta calls passing; those from 500 on were tried again already. */
function mayPass(thrown: unknown): boolean {
  const error = toAppError(thrown)
  const { status } = error.details
  return error.code === 'PROVIDER_UNAVAILABLE' && typeof status === 'number' && status < 500 && !wantsLess(error)
}

function walkCampaigns(read: Graph, resume: Json | null): AsyncIterable<Step<CampaignPlace>> {
  let statuses = [...STATUSES, 'DELETED']
  const list = ({ after }: CampaignPlace, limit: number): Promise<Answer> =>
    read('/campaigns', {
      fields: CAMPAIGN_FIELDS,
      effective_status: JSON.stringify(statuses),
      limit: String(limit),
      ...(after === undefined ? {} : { after }),
    })
  const start = CampaignPlace.safeParse(resume)
  return walk<CampaignPlace>({
    start: start.success ? start.data : {},
    limit: CAMPAIGN_PAGE,
    ask: (place, limit) =>
      list(place, limit).catch((error: unknown) => {
        if (!isRefusedParameter(error, DELETED_NOT_LISTED) || statuses === STATUSES) throw error
        statuses = STATUSES
        return list(place, limit)
      }),
    beginning: () => ({}),
    following: () => null,
    shorter: () => null,
  })
}

function walkInsights(read: Graph, days: Days, resume: Json | null): AsyncIterable<Step<InsightPlace>> {
  let daysACall = DAYS_A_CALL
  const from = (since: string): InsightPlace => ({ since, until: earlier(addDays(since, daysACall - 1), days.until) })
  const start = InsightPlace.safeParse(resume)
  return walk<InsightPlace>({
    start: start.success ? withoutUndefined(start.data) : from(days.since),
    limit: INSIGHT_PAGE,
    ask: ({ since, until, after }, limit) =>
      read('/insights', {
        level: 'campaign',
        time_increment: '1',
        time_range: JSON.stringify({ since, until }),
        fields: INSIGHT_FIELDS,
        action_attribution_windows: WINDOWS,
        limit: String(limit),
        ...(after === undefined ? {} : { after }),
      }),
    beginning: ({ since, until }) => ({ since, until }),
    following: ({ until }) => (until < days.until ? from(addDays(until, 1)) : null),
    shorter: (place) => {
      daysACall = Math.floor(countDays(place) / 2)
      return daysACall < 1 ? null : from(place.since)
    },
  })
}

const withoutUndefined = ({ since, until, after }: z.output<typeof InsightPlace>): InsightPlace =>
  after === undefined ? { since, until } : { since, until, after }
