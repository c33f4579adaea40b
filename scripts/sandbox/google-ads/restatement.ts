import { daysBetween, type Moment } from '../meta/account-day.ts'
import type { GoogleAdsRow } from '../world.ts'

/** Conversions are booked on the day of the click and come in for this many days after it. */
const WINDOW_DAYS = 40
const KNOWN_ON_THE_DAY = 0.45
/** Share of clicks and cost taken back as invalid within three days. */
const INVALID_AFTER_DAYS = [0.02, 0.01, 0.005]

/** What `moment` shows of a day: nothing of later days, a share of today, conversions as far as they are known. */
export function metricsAt(row: GoogleAdsRow, moment: Moment): Readonly<Record<string, string | number>> {
  const age = daysBetween(row.segments?.date ?? moment.today, moment.today)
  const passed = age < 0 ? 0 : age === 0 ? moment.passed : 1
  const known = passed * knownShare(age)
  const invalid = passed * (1 + (INVALID_AFTER_DAYS[age] ?? 0))
  return Object.fromEntries(
    Object.entries(row.metrics ?? {}).map(([name, value]) => {
      if (typeof value === 'number') return [name, known === 1 ? value : Number((value * known).toFixed(6))]
      const factor = name === 'costMicros' || name === 'clicks' ? invalid : passed
      return [name, factor === 1 ? value : String(Math.floor(Number(value) * factor))]
    }),
  )
}

/** Most come soon, the last ones late; all are known after the window. */
const knownShare = (age: number): number =>
  age >= WINDOW_DAYS ? 1 : 1 - (1 - KNOWN_ON_THE_DAY) * (1 - age / WINDOW_DAYS) ** 3
