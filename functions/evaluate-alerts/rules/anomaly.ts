import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { type Episode, episodesOf, median, type Observed, WATCH } from '../../../shared/metrics/anomaly.ts'
import { readWatched, type Watched } from '../../../shared/operations/analytics/watched.ts'
import { actor } from '../../../shared/tenant.ts'
import { counted } from '../counted.ts'
import type { Raise, Rule, Verdict } from '../rule.ts'

/** A change of less than this share of what is usual matters to nobody, however regular the figure. */
const LEAST_SHARE = 0.15

/**
 * Figures of a brand left the range that their own past explains: weekdays and level taken into account. What moves the same
 * way has most likely one cause, a sale or a broken checkout, and is one alert.
 */
export const anomaly: Rule = {
  rule: 'anomaly',
  on: { 'figures.kept': (db, event, { threshold }) => judgeBrand(db, event, threshold ?? WATCH.threshold) },
}

type Brand = { brand_id: string; name: string; currency: string }
type Direction = Episode['direction']
type Unusual = { figure: Watched; episode: Episode }

async function judgeBrand(
  db: Db,
  { data: { brand_id, day } }: ReceivedEvent<'figures.kept'>,
  threshold: number,
): Promise<readonly Verdict[]> {
  const brand = await db.one<Brand>(
    sql`select brand_id, name, currency from brands where tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`,
  )
  if (!brand) return []
  const watched = await readWatched(db, { brandId: brand_id, day })
  const unusual = watched.flatMap((figure): Unusual[] => {
    const minChange = LEAST_SHARE * (median(known(figure.series)) ?? 0)
    const episode = episodesOf(figure.series, { ...WATCH, threshold, minChange }).at(-1)
    return episode && !episode.ended ? [{ figure, episode }] : []
  })
  return (['below', 'above'] as const).map((direction) => {
    const [first, ...others] = unusual.filter(({ episode }) => episode.direction === direction).sort(strongestFirst)
    return first ? { ...raise(brand, direction, [first, ...others]), asOf: day } : { clear: causeOf(brand, direction) }
  })
}

const known = (series: readonly Observed[]): number[] => series.flatMap(({ value }) => value ?? [])

/** Of a figure that never varied there are no deviations to count in; its change is the strongest. */
const strengthOf = ({ episode: { raised } }: Unusual): number => Math.abs(raised.z ?? Number.MAX_VALUE)
const strongestFirst = (a: Unusual, b: Unusual): number => strengthOf(b) - strengthOf(a)

const causeOf = ({ brand_id }: Brand, direction: Direction): string => `anomaly:${brand_id}:${direction}`

const NAMES: Readonly<Record<Watched['metric'], string>> = {
  net: 'net sales',
  orders: 'orders',
  spend: 'ad spend',
  roas: 'ROAS',
}
const PLACES: Readonly<Record<string, string>> = { meta: 'Meta', tiktok: 'TikTok', 'google-ads': 'Google Ads' }

const nameOf = ({ metric, provider }: Watched): string =>
  NAMES[metric] + (provider && ` at ${PLACES[provider] ?? provider}`)

/** `details` has the strongest figure, and all of them as `figures`. */
function raise(brand: Brand, direction: Direction, unusual: readonly [Unusual, ...Unusual[]]): Raise {
  const [{ figure }] = unusual
  const others = unusual.length - 1
  const named = nameOf(figure) + (others === 0 ? '' : ` and ${counted(others, 'other figure')}`)
  const title = `${named} of ${brand.name} ${direction === 'below' ? 'fell below' : 'rose above'} what is usual`
  const figures = unusual.map(detailsOf)
  return {
    raise: causeOf(brand, direction),
    brandId: brand.brand_id,
    title: title.charAt(0).toUpperCase() + title.slice(1),
    message:
      `Expected is what the last eight weeks, weekday by weekday, make likely. ${unusual.map(lineOf(brand)).join(' ')} ` +
      `${CHECKS[figure.metric]} The alert ends when two days in a row are usual again, or when the new level has lasted for a week.`,
    details: { ...figures[0], figures },
  }
}

const lineOf =
  ({ currency }: Brand) =>
  ({ figure, episode: { raised } }: Unusual): string => {
    const shown = (value: number): string => {
      if (figure.metric === 'orders') return String(Math.round(value))
      return figure.metric === 'roas' ? value.toFixed(2) : `${value.toFixed(2)} ${currency}`
    }
    return `On ${raised.day} ${nameOf(figure)}: ${shown(raised.value)}, expected ${shown(raised.expected)}.`
  }

const detailsOf = ({ figure: { metric, provider }, episode: { direction, since, raised } }: Unusual) => ({
  metric,
  provider,
  direction,
  since,
  day: raised.day,
  value: raised.value,
  expected: raised.expected,
  z: raised.z,
})

const CHECKS: Readonly<Record<Watched['metric'], string>> = {
  net: 'Look whether the checkout works, prices or discounts changed, a product ran out, or a campaign began or ended.',
  orders: 'Look whether the checkout works, and whether campaigns or stock changed.',
  spend: 'Look at budgets, payment problems of the account, and campaigns that began or ended.',
  roas: 'Look at which campaigns lost or gained, and whether their links still carry their parameters.',
}
