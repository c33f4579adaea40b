import { random } from '../stores/random.ts'
import { QUOTED, type Quoted } from './currencies.ts'

const DAY_MS = 86_400_000
/** Rates are fixed at 14:15 in Frankfurt and published at about 16:00, which is never later than this in UTC. */
const PUBLISHED_MS = 15 * 3_600_000

export type PublishedDay = { day: string; rates: readonly { currency: string; rate: string }[] }

/** Every working day from `since` to the newest that is published now, newest first; a day's rates are always the same. */
export function* publishedDays(now: Date, since: string): Generator<PublishedDay> {
  const last = Math.floor((now.getTime() - PUBLISHED_MS) / DAY_MS) * DAY_MS
  for (let at = last; at >= Date.parse(since); at -= DAY_MS) {
    const date = new Date(at)
    if (date.getUTCDay() === 0 || date.getUTCDay() === 6) continue
    const day = date.toISOString().slice(0, 10)
    const open = WALKS.filter(({ quoted }) => day >= quoted.since && day <= quoted.until)
    yield { day, rates: open.map(({ quoted, rate }) => ({ currency: quoted.currency, rate: rate(at / DAY_MS) })) }
  }
}

const WALKS = QUOTED.map((quoted) => ({ quoted, rate: walk(quoted) }))

/** Swings of years, months and days around what the currency is worth about now: by a day's number alone. */
function walk({ currency, about, decimals, swing }: Quoted): (dayNumber: number) => string {
  const chance = random('ecb', currency)
  const waves = [
    { days: 1900, share: 0.6 },
    { days: 240, share: 0.3 },
    { days: 31, share: 0.08 },
    { days: 5.3, share: 0.02 },
  ].map((wave) => ({ ...wave, phase: chance.next() * 2 * Math.PI }))
  return (dayNumber) => {
    const strayed = waves.reduce(
      (sum, { days, share, phase }) => sum + share * Math.sin((dayNumber / days) * 2 * Math.PI + phase),
      0,
    )
    return (about * (1 + swing * strayed)).toFixed(decimals)
  }
}
