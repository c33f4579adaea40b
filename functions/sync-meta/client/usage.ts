import * as z from 'zod'
import type { Json } from '../../../shared/sync/connector.ts'

const STOP_PERCENT = 95
const SLOW_PERCENT = 75
const SLOW_STEP_MS = 250
const MINUTE_MS = 60_000
const DEFAULT_WAIT_MS = 5 * MINUTE_MS
/** However long Meta says: after an hour one call asks again. */
export const MAX_WAIT_MS = 60 * MINUTE_MS

const HEADERS = [
  'X-Business-Use-Case-Usage',
  'X-App-Usage',
  'X-Ad-Account-Usage',
  'X-FB-Ads-Insights-Throttle',
] as const

const amount = z.number().nonnegative().optional().catch(undefined)
const Load = z.object({
  call_count: amount,
  total_cputime: amount,
  total_time: amount,
  acc_id_util_pct: amount,
  app_id_util_pct: amount,
  /** Minutes. */
  estimated_time_to_regain_access: amount,
  /** Seconds. */
  reset_time_duration: amount,
})
type Load = z.output<typeof Load>
/** One load, or lists of loads by business or account. */
const Loads = z.union([z.record(z.string(), z.array(Load)).transform((lists) => Object.values(lists).flat()), Load])

export type Usage = {
  /** How long to stay away if calls must stop; Meta's own word where it gives one. */
  waitMs: number
  /** No further call now. */
  stop: boolean
  /** Wait this long before the next call, so that the limit is not met at full speed. */
  slowMs: number
}

/** What the usage headers of an answer say. Headers that are missing or not understood say nothing. */
export function usageOf(headers: Headers): Usage {
  const loads = HEADERS.flatMap((name) => loadsOf(headers.get(name)))
  const percent = Math.max(0, ...loads.map(percentOf))
  const regainMs = Math.max(0, ...loads.map((load) => (load.estimated_time_to_regain_access ?? 0) * MINUTE_MS))
  const full = loads.filter((load) => percentOf(load) >= STOP_PERCENT)
  const resetMs = Math.max(0, ...full.map((load) => (load.reset_time_duration ?? 0) * 1000))
  const stop = percent >= STOP_PERCENT || regainMs > 0
  return {
    waitMs: Math.min(regainMs || resetMs || DEFAULT_WAIT_MS, MAX_WAIT_MS),
    stop,
    slowMs: percent >= SLOW_PERCENT && !stop ? Math.ceil(percent - SLOW_PERCENT + 1) * SLOW_STEP_MS : 0,
  }
}

const percentOf = (load: Load): number =>
  Math.max(
    load.call_count ?? 0,
    load.total_cputime ?? 0,
    load.total_time ?? 0,
    load.acc_id_util_pct ?? 0,
    load.app_id_util_pct ?? 0,
  )

function loadsOf(header: string | null): Load[] {
  const parsed = Loads.safeParse(header === null ? null : jsonOrNull(header))
  if (!parsed.success) return []
  return Array.isArray(parsed.data) ? parsed.data : [parsed.data]
}

/** What gateways and headers say is not always JSON. */
export function jsonOrNull(text: string): Json | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
