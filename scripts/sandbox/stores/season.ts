import { cumulate, type Random } from './random.ts'
import { DAY, HOUR, MINUTE, offsetAt, toUtc } from './zone-time.ts'

/** A shop's year: how much it sells on each local day, in relative units. */
export type Season = { firstLocalDayMs: number; weights: number[]; cumulative: number[]; zone: string }

// Sunday first. Evenings and lunch breaks sell most, nights least.
const WEEKDAY = [1.12, 1.08, 0.98, 0.94, 0.95, 0.98, 0.95]
const HOURS = cumulate([
  0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.7, 1.2, 1.8, 2.3, 2.6, 2.7, 2.9, 2.8, 2.5, 2.4, 2.5, 2.7, 3.1, 3.7, 4.1, 3.8, 2.6,
  1.2,
])

/** Day of November of the fourth Friday: Black Friday. */
function blackFriday(year: number): number {
  const first = new Date(Date.UTC(year, 10, 1)).getUTCDay()
  return 1 + ((5 - first + 7) % 7) + 21
}

function ofYear(date: Date): number {
  const month = date.getUTCMonth()
  const day = date.getUTCDate()
  if (month === 10) {
    const distance = day - blackFriday(date.getUTCFullYear())
    if (distance >= 0 && distance <= 3) return distance === 0 ? 3.2 : 2.4
    return distance < 0 && distance >= -4 ? 1.7 : 1.15
  }
  if (month === 11) return day <= 19 ? 1.65 : day <= 23 ? 1.1 : day <= 27 ? 0.55 : 0.9
  return 1 + 0.12 * Math.cos(((month + day / 31 - 11.5) / 12) * 2 * Math.PI) - (month === 7 ? 0.08 : 0)
}

export function season(zone: string, range: { since: number; until: number }, chance: Random): Season {
  const firstLocalDayMs = Math.floor((range.since + offsetAt(zone, range.since)) / DAY) * DAY
  const days = Math.ceil((range.until - range.since) / DAY) + 1
  const weights = Array.from({ length: days }, (_, index) => {
    const date = new Date(firstLocalDayMs + index * DAY)
    const growth = 0.78 + (0.34 * index) / days
    return ofYear(date) * (WEEKDAY[date.getUTCDay()] ?? 1) * growth * Math.exp(0.14 * chance.normal())
  })
  return { firstLocalDayMs, weights, cumulative: cumulate(weights), zone }
}

/** One moment of sale in UTC milliseconds, on a whole second. */
export function saleMoment(of: Season, chance: Random): number {
  const day = of.firstLocalDayMs + chance.weighted(of.cumulative) * DAY
  const local = day + chance.weighted(HOURS) * HOUR + chance.int(0, 59) * MINUTE + chance.int(0, 59) * 1000
  return toUtc(of.zone, local)
}

/** `count` moments within [since, until), oldest first. */
export function saleMoments(
  of: Season,
  range: { since: number; until: number },
  pick: { count: number; chance: Random },
): number[] {
  const moments: number[] = []
  for (let tries = 0; moments.length < pick.count && tries < pick.count * 500; tries++) {
    const moment = saleMoment(of, pick.chance)
    if (moment >= range.since && moment < range.until) moments.push(moment)
  }
  return moments.sort((a, b) => a - b)
}
