/** One day of a series, as it stood at the age at which days are judged; null: unknown, which is neither 0 nor an anomaly. */
export type Observed = { day: string; value: number | null }

export type Watch = {
  /** Days that are judged need so many earlier ones. */
  baselineDays: number
  /** How far from what was expected, in robust standard deviations. */
  threshold: number
  /** A smaller change is none, however regular the series: in the series' own unit. */
  minChange: number
  /** Raised when so many of the last so many days deviate, or one by twice the threshold. */
  raise: { days: number; of: number }
  /** Cleared when so many days in a row deviate by less than half the threshold, or half of `minChange`. */
  calmDays: number
}

export const WATCH: Omit<Watch, 'minChange'> = {
  baselineDays: 56,
  threshold: 3.5,
  raise: { days: 2, of: 3 },
  calmDays: 2,
}

export type Judged = {
  day: string
  value: number
  expected: number
  /** null: the past does not vary, so that only the smallest change that counts was asked for. */
  z: number | null
  /** The smallest change that counts. */
  least: number
  deviates: 'above' | 'below' | null
}

/** `shift`: the series stayed where it went, which is its level from now on. */
export type Episode = {
  direction: 'above' | 'below'
  since: string
  raised: Judged
  ended: { day: string; why: 'calm' | 'shift' } | null
}

/** A level is what the middle of these days was: half of them at a new one make it the level. */
const LEVEL_DAYS = 14
const WEEK = 7
const HALF_WEEK = 3
/** Where most days are nothing there is no level to compare with: only what is so many times the most of them stands out. */
const FAR_ABOVE = 2
/** Makes the median deviation of a normal distribution its standard deviation. */
const MAD_TO_SD = 1.4826

/**
 * What stands out in a series of days, oldest first and without gaps, replayed from its beginning: the same series always
 * gives the same episodes, whatever was evaluated when. A day is expected to be the level of the two weeks before it times
 * the factor of its weekday; how far days usually are from that is the pooled median deviation of the baseline. The
 * baseline is what came before, episodes included, so that a level which stays is taken for the level after a week.
 */
export function episodesOf(series: readonly Observed[], watch: Watch): Episode[] {
  const episodes: Episode[] = []
  const judged: (Judged | null)[] = []
  for (let at = 0; at < series.length; at += 1) {
    judged.push(judge(series, at, watch))
    const open = episodes.at(-1)
    if (open && !open.ended) open.ended = endOf(open, judged, watch)
    else {
      const begun = beginning(judged, watch)
      if (begun) episodes.push(begun)
    }
  }
  return episodes
}

/** The day at this place against the days before it; null when it or too much of them is unknown. */
export function judge(series: readonly Observed[], at: number, watch: Watch): Judged | null {
  const { day = '', value = null } = series[at] ?? {}
  const past = series.slice(Math.max(0, at - watch.baselineDays), at).map((one) => one.value)
  if (value === null || past.length < watch.baselineDays || known(past).length < watch.baselineDays / 2) return null
  const factors = weekdayFactors(past)
  const plain = past.map((one, index) => (one === null ? null : one / factorOf(factors, past.length - index)))
  const level = median(known(plain.slice(-LEVEL_DAYS)))
  if (level === null) return null
  const spread = MAD_TO_SD * (median(misses(plain).map(Math.abs)) ?? 0)
  const factor = factorOf(factors, 0)
  const expected = level * factor
  const change = value - expected
  // Deviations are shares of the level, so that a growing shop's past and present compare.
  const z = spread > 0 && level > 0 ? change / factor / level / spread : null
  const least = level > 0 ? watch.minChange : Math.max(watch.minChange, FAR_ABOVE * Math.max(0, ...known(past)))
  const isFar = Math.abs(change) >= least && (z === null || Math.abs(z) >= watch.threshold)
  return { day, value, expected, z, least, deviates: !isFar || change === 0 ? null : change > 0 ? 'above' : 'below' }
}

/**
 * By how many days ago modulo a week: how a weekday compares with the week around it, so that neither a trend nor a new
 * level looks like a weekday. 1 where nothing is known of it.
 */
function weekdayFactors(past: readonly (number | null)[]): number[] {
  const shares: number[][] = Array.from({ length: WEEK }, () => [])
  for (let at = HALF_WEEK; at + HALF_WEEK < past.length; at += 1) {
    const around = median(known(past.slice(at - HALF_WEEK, at + HALF_WEEK + 1)))
    const value = past[at] ?? null
    if (value !== null && around !== null && around > 0) shares[(past.length - at) % WEEK]?.push(value / around)
  }
  return shares.map((its) => median(its) || 1)
}

const factorOf = (factors: readonly number[], daysAgo: number): number => factors[daysAgo % WEEK] ?? 1

/** How far each day of the past was from the level before it, as a share of that level. */
function misses(plain: readonly (number | null)[]): number[] {
  return plain.flatMap((value, index) => {
    const level = index < WEEK ? null : median(known(plain.slice(Math.max(0, index - LEVEL_DAYS), index)))
    return value === null || level === null || level <= 0 ? [] : [(value - level) / level]
  })
}

function beginning(judged: readonly (Judged | null)[], { raise, threshold }: Watch): Episode | null {
  const last = judged.at(-1)
  if (!last?.deviates) return null
  const direction = last.deviates
  const alike = judged.slice(-raise.of).filter((one) => one?.deviates === direction)
  if (alike.length < raise.days && Math.abs(last.z ?? 0) < 2 * threshold) return null
  return { direction, since: alike[0]?.day ?? last.day, raised: last, ended: null }
}

/** Calm near the old level is an end; calm far from it is the new level. */
function endOf(open: Episode, judged: readonly (Judged | null)[], watch: Watch): Episode['ended'] {
  const latest = judged.slice(-watch.calmDays)
  const isCalm = latest.length === watch.calmDays && latest.every((one) => one !== null && isNear(one, watch))
  const last = latest.at(-1)
  if (!isCalm || !last) return null
  const { expected, value } = open.raised
  const stayed = Math.abs(last.expected - value) < Math.abs(last.expected - expected)
  return { day: last.day, why: stayed ? 'shift' : 'calm' }
}

/** Within half of what would stand out: by its usual spread, or by the smallest change that counts. */
const isNear = ({ z, value, expected, least }: Judged, { threshold }: Watch): boolean =>
  Math.abs(value - expected) <= least / 2 || (z !== null && Math.abs(z) < threshold / 2)

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)

/** null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}
