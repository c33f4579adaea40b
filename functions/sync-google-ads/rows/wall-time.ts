import { addDays } from '../../../shared/sync/account-days.ts'
import { startOfDay } from '../../../shared/units.ts'

/** How older versions of the API wrote "never". */
const NEVER = '2037-12-30'
const DAY_SECONDS = 86_400

/**
 * "2026-10-01T23:59:59" on the account's clock as RFC 3339. Times are counted back from the following midnight, so that
 * the last second of a day of 23 or 25 hours is right; midnight itself begins its day. Null for a time that never comes.
 */
export function instantOf(wallTime: string | undefined, timeZone: string): string | null {
  const [day = '', time = ''] = wallTime?.split('T') ?? []
  if (day === '' || day >= NEVER) return null
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  const passed = hours * 3600 + minutes * 60 + seconds
  const ms =
    passed === 0
      ? startOfDay(timeZone, day).getTime()
      : startOfDay(timeZone, addDays(day, 1)).getTime() - (DAY_SECONDS - passed) * 1000
  return new Date(ms).toISOString()
}
