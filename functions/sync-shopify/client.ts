import * as z from 'zod'
import { config } from '../../shared/config.ts'
import { AppError } from '../../shared/errors.ts'
import { type IncomingAnswer, pace, parseJson, request, retryAfterMs } from '../../shared/fetch.ts'
import { type ConnectionContext, WAIT_DETAIL } from '../../shared/sync/connector.ts'
import { graphqlFailure, statusFailure, TOO_DEAR, waitFailure } from './client/failures.ts'
import { API_VERSION } from './client/queries.ts'
import { parsed } from './rows/scalars.ts'

/*
 * Shopify's ways, each of which has cost somebody a day:
 * 1. Throttling is HTTP 200 with `errors[].extensions.code = THROTTLED`; only the edge answers 429.
 * 2. A query must fit the bucket with what it *asks for* (`first` × everything inside), though only what it returns is
 *    taken. More than 1,000 points are refused outright (MAX_COST_EXCEEDED). Bucket sizes differ by plan: read, never assumed.
 * 3. A list ends at 25,000 rows and says that nothing follows (client/lists.ts starts again before that).
 * 4. `updated_at` searches have a resolution of seconds, and their index lags behind: ranges overlap, rows are upserted.
 * 5. Nested lists are cut at their `first` without a word: pageInfo must be read (client/lists.ts).
 * 6. `errors` may be a text, a list or an object, and may come beside partial data: then nothing of the answer is used.
 * 7. An API version that is no longer served is answered by a later one; the header X-Shopify-API-Version tells.
 * 8. Wrong domains must never be called: the domain comes from outside and the token would go there.
 * 9. A bulk operation's file has children anywhere unless `groupObjects` is asked for, and then an order would be whole at
 *    the file's end only. Grouping takes Shopify longer, so operations cover a part of the time each and are halved when
 *    one takes too long. A file that is not grouped all the same is refused, and its window read by pages (client/bulk/).
 * 10. Bulk queries refuse lists inside plain lists (refund lines) and lists of what is no Node (visits): these are read
 *    afterwards, by the ids that the file has.
 * 11. The part that a failed operation left does not say what it lacks, and a file may be cut: only one with as many
 *    objects as Shopify counted is whole, and an order with fewer units than Shopify counted is not.
 * 12. Five operations run at once for an app at a shop, forgotten ones included. A file's address is good for seven days
 *    and opens to anybody: it is asked for anew each time, and never stored.
 */

export type Query = {
  text: string
  variables: Readonly<Record<string, string | number | null>>
  /** What the query will ask for, in points. */
  points: number
}

export type ShopifyClient = {
  /**
   * The answer's `data`, as it is. Waits of at most ten seconds are waited here.
   * Throws PROVIDER_AUTH, _PERMISSION, _NOT_FOUND, _REJECTED, _BAD_RESPONSE, _UNAVAILABLE, and _RATE_LIMITED with `wait_ms`.
   */
  query: (query: Query) => Promise<Readonly<Record<string, unknown>>>
  /** The API version that answered last; null before that. */
  servedVersion: () => string | null
}

export const ShopifyCredentials = z.object({ access_token: z.string().min(1) })

const SHOP_DOMAIN = /^[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com$/
const LONGEST_WAIT_MS = 10_000
const TRIES = 5
const DEFAULT_WAIT_MS = 2_000
const WAIT_CAP_MS = 3_600_000
const JITTER_MS = 250

const Cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number() }),
})
type Cost = z.output<typeof Cost>
const Envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.unknown().optional(),
  extensions: z.object({ cost: Cost.optional() }).optional(),
})

/** A client of one shop. Throws INPUT_INVALID for anything but a shop's own domain. */
export function shopifyClient(
  credentials: z.output<typeof ShopifyCredentials>,
  context: ConnectionContext,
): ShopifyClient {
  const shop = context.accountId
  if (!SHOP_DOMAIN.test(shop))
    throw new AppError('INPUT_INVALID', 'Expected a shop domain such as "acme.myshopify.com".')
  const url = `${config('SHOPIFY_URL').replace('{shop}', shop)}/admin/api/${API_VERSION}/graphql.json`
  const headers = { 'X-Shopify-Access-Token': credentials.access_token, 'Content-Type': 'application/json' }
  const bucket = bucketOf(context.now)
  let version: string | null = null

  async function once({ text, variables, points }: Query): Promise<Readonly<Record<string, unknown>>> {
    await bucket.waitFor(points)
    await context.mayCall()
    const body = JSON.stringify({ query: text, variables })
    const answer = await request({ target: 'Shopify', url, method: 'POST', headers, body })
    version = answer.headers.get('x-shopify-api-version') ?? version
    const { data, cost } = read(answer, context.now)
    if (cost) bucket.note(cost)
    return data
  }

  async function query(asked: Query): Promise<Readonly<Record<string, unknown>>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(asked)
      } catch (thrown) {
        const waitMs = waitOf(thrown)
        if (waitMs === null || waitMs > LONGEST_WAIT_MS || attempt >= TRIES) throw thrown
        await pace.wait(waitMs + pace.random() * JITTER_MS)
      }
    }
  }
  return { query, servedVersion: () => version }
}

/** How long to wait before the same query may succeed; null: waiting is no use, or was done already. */
function waitOf(thrown: unknown): number | null {
  if (!(thrown instanceof AppError)) return null
  const waitMs = thrown.details[WAIT_DETAIL]
  if (typeof waitMs === 'number') return waitMs
  // Shopify's own failure in an answer of 200; others of this code have been tried again by request().
  return thrown.details.graphql_code === 'INTERNAL_SERVER_ERROR' ? DEFAULT_WAIT_MS : null
}

function read(answer: IncomingAnswer, now: () => Date): { data: Record<string, unknown>; cost: Cost | undefined } {
  if (answer.status === 429) {
    const limits = { now: now(), fallbackMs: DEFAULT_WAIT_MS, capMs: WAIT_CAP_MS }
    throw waitFailure(retryAfterMs(answer.headers.get('retry-after'), limits))
  }
  const refused = statusFailure(answer)
  if (refused) throw refused
  const { data, errors, extensions } = parsed(Envelope, parseJson(answer, 'Shopify'))
  const failure = graphqlFailure(errors, answer)
  if (failure?.code === 'PROVIDER_RATE_LIMITED') throw throttled(extensions?.cost)
  if (failure) throw failure
  if (!data) throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify answered neither data nor an error.')
  return { data, cost: extensions?.cost }
}

function throttled(cost: Cost | undefined): AppError {
  if (!cost) return waitFailure(DEFAULT_WAIT_MS)
  const { requestedQueryCost, throttleStatus } = cost
  if (requestedQueryCost > throttleStatus.maximumAvailable) {
    const details = { graphql_code: TOO_DEAR }
    return new AppError('PROVIDER_REJECTED', "The query asks for more points than the shop's plan ever has.", {
      details,
    })
  }
  return waitFailure(waitFor(requestedQueryCost - throttleStatus.currentlyAvailable, throttleStatus.restoreRate))
}

const waitFor = (points: number, perSecond: number): number =>
  perSecond > 0 ? Math.min(WAIT_CAP_MS, (Math.max(0, points) / perSecond) * 1000) : DEFAULT_WAIT_MS

/** The shop's bucket as last told, filling since then: a query that does not fit yet is not sent. */
function bucketOf(now: () => Date) {
  let told: (Cost['throttleStatus'] & { at: number }) | null = null
  return {
    note: ({ throttleStatus }: Cost): void => {
      told = { ...throttleStatus, at: now().getTime() }
    },
    waitFor: async (points: number): Promise<void> => {
      if (!told) return
      const { maximumAvailable, currentlyAvailable, restoreRate, at } = told
      const filled = currentlyAvailable + (Math.max(0, now().getTime() - at) / 1000) * restoreRate
      const lacking = Math.min(points, maximumAvailable) - filled
      if (lacking <= 0) return
      const waitMs = waitFor(lacking, restoreRate)
      // Forgotten, so that after the wait the shop itself is asked.
      told = null
      if (waitMs > LONGEST_WAIT_MS) throw waitFailure(waitMs)
      await pace.wait(waitMs)
    },
  }
}
