import type * as z from 'zod'
import type { Rows } from '../db/tables.ts'
import type { Days } from './account-days.ts'

/** What can be connected; each has a folder `functions/sync-<provider>` and topics of that name. */
export type Provider = 'shopify' | 'meta' | 'tiktok' | 'google-ads'

/** One page as a stream delivers it. `resume` continues right after this page; it survives a crash, so it is plain JSON. */
export type Page = {
  rows: Rows
  /** How many nodes of the stream itself the provider sent (children not counted). */
  count: number
  /** null: this was the last page of the range. */
  resume: Json | null
  /** The newest cursor value seen, for progress; null when the stream has none. */
  position: string | null
  /** Fields and values the provider sent that we do not know, with how often: {"orders.financial_status=FROZEN": 3}. */
  drift?: Readonly<Record<string, number>>
  /** The provider is still at work: the slice ends with this page, and the next one begins no sooner than that. */
  waitMs?: number
}
export type Json = string | number | boolean | { readonly [key: string]: Json } | readonly Json[]

/** Half-open [since, until); `since` null means from the provider's beginning. `resume` is the last committed page's. */
export type Range = { since: Date | null; until: Date; resume: Json | null }

/** What a stream may know of the connection it reads for. */
export type ConnectionContext = {
  tenantId: string
  brandId: string
  /** The provider's own id: a shop's domain, an ad account's digits. */
  accountId: string
  /** Of the brand: its figures are in it. */
  currency: string
  /** Of the brand: days are cut in it. */
  timeZone: string
  /** A stable pseudonym of a customer's id under the tenant's key. */
  pseudonym: (id: string) => string
  now: () => Date
  /**
   * Before each request to the provider: counts it against what our app, or this connection, may ask. Waits a moment where
   * that helps, else throws PROVIDER_RATE_LIMITED with WAIT_DETAIL, which ends the slice and continues then.
   */
  mayCall: () => Promise<void>
}

/** One kind of row of a provider. */
export type Stream<Client> = {
  name: string
  /** What the cursor is, for people: "updated_at", "day". */
  cursor: string
  /** How far each hourly read, and the first read of each day, goes back before the last complete instant. In milliseconds. */
  lookback: { hourlyMs: number; dailyMs: number }
  /** How far the very first read goes back; null: to the provider's beginning. */
  historyMs: number | null
  /** Pages of the range, in an order in which `resume` makes sense. Throws PROVIDER_* errors. */
  read(client: Client, range: Range, context: ConnectionContext): AsyncIterable<Page>
}

/** The declaration of one provider; the sync loop is the same for all. */
export type Connector<Credentials extends z.ZodType = z.ZodType, Client = unknown> = {
  provider: Provider
  /** What is stored (encrypted) for a connection. */
  credentials: Credentials
  client(credentials: z.output<Credentials>, context: ConnectionContext): Client
  streams: readonly Stream<Client>[]
  totals?: Totals<Client>
}

/** What of a day is compared: a shop's orders by `processed_at`, an ad account's spend. */
export type Measure = 'orders' | 'spend'
/** `value`: a count, or micros of `currency`. */
export type Total = { day: string; value: bigint; currency: string | null }

/** The provider's own sums, which our rows are compared with once a day. */
export type Totals<Client> = {
  measure: Measure
  /** Of these days; one that had nothing may be left out. Throws PROVIDER_* errors. */
  read(client: Client, days: Days, context: ConnectionContext): Promise<readonly Total[]>
}

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** Of a stream that is read whole each time: a list without a cursor. */
export const READ_WHOLE = { cursor: 'none', lookback: { hourlyMs: 0, dailyMs: 0 }, historyMs: null } as const

/** Declares a connector; one folder each. */
export const connector = <C extends z.ZodType, Client>(declared: Connector<C, Client>): Connector<C, Client> => declared

/** A provider asked to wait: the loop acknowledges and continues after that time. Thrown by clients as PROVIDER_RATE_LIMITED. */
export const WAIT_DETAIL = 'wait_ms'
