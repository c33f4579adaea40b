import * as z from 'zod'
import type { Json, Range } from '../../../../shared/sync/connector.ts'
import { filterOf, secondOf } from '../lists.ts'

/** How many operations Shopify runs at once for one app at one shop. */
export const MOST_JOBS = 5
/** A window whose file was bad, or never came, so many times is read page by page. */
const MOST_FAILURES = 3
/** Shorter ones are not halved. */
const SHORTEST_SECONDS = 3_600
const DAY_SECONDS = 86_400

const Place = z.record(z.string(), z.union([z.string(), z.number()]))
const Window = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  /** The operation that makes its file, once there is one. */
  job: z.string().exactOptional(),
  /** How much of the file has been read: bytes, up to the end of an order, and objects. */
  at: z.int().nonnegative(),
  seen: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  /** Read page by page instead, from this place in the list on. */
  pages: Place.exactOptional(),
})
/** Orders changed in [since, until), whole seconds: one file. */
export type Window = z.output<typeof Window>

/** Windows yet to be read, oldest first, and how often was waited since one of them got on. */
const Plan = z.object({ bulk: z.array(Window).min(1), waits: z.int().nonnegative() })
export type Plan = z.output<typeof Plan>

/** null for a `resume` of another kind. */
export const planOf = (resume: Json | null): Plan | null => Plan.safeParse(resume).data ?? null

const secondsOf = (instant: string): number => Date.parse(instant) / 1000
const instantAt = (seconds: number): string => secondOf(new Date(seconds * 1000))

const windowOf = (since: string, until: string): Window => ({
  since,
  until,
  at: 0,
  seen: 0,
  failures: 0,
})

/** The time from the oldest change to the newest in equal parts, no shorter than a day; the last one goes to the range's end. */
export function windowsOf({ until }: Range, changed: { oldest: string; newest: string }): Window[] {
  const [first, last] = [Math.floor(secondsOf(changed.oldest)), Math.floor(secondsOf(changed.newest))]
  const count = Math.max(1, Math.min(MOST_JOBS, Math.floor((last - first) / DAY_SECONDS)))
  const starts = Array.from({ length: count }, (_, n) => instantAt(first + Math.floor(((last - first) * n) / count)))
  return starts.map((since, n) => windowOf(since, starts[n + 1] ?? secondOf(until)))
}

export const searchOf = ({ since, until }: Window): string => filterOf({ since }, new Date(until))

/** To be read as a range of pages. */
export const rangeOf = ({ since, until, pages }: Window): Range => ({
  since: new Date(since),
  until: new Date(until),
  resume: pages ?? null,
})

/** Read by pages from the beginning, or from a place that a page named. */
export const inPages = ({ since, until }: Window, place: Json = {}): Window => ({
  ...windowOf(since, until),
  pages: Place.parse(place),
})

/** The same from its beginning: once more by a file, or by pages when that failed often enough. */
export function again(window: Window): Window {
  const failures = window.failures + 1
  return failures < MOST_FAILURES ? { ...windowOf(window.since, window.until), failures } : inPages(window)
}

/** Two halves, so that each takes Shopify half as long; a short one, and one that was halved often enough, as a whole. */
export function halves(window: Window): Window[] {
  const whole = again(window)
  const [first, last] = [secondsOf(window.since), secondsOf(window.until)]
  if (whole.pages || last - first < 2 * SHORTEST_SECONDS) return [whole]
  const middle = instantAt(Math.floor((first + last) / 2))
  return [
    { ...whole, until: middle },
    { ...whole, since: middle },
  ]
}
