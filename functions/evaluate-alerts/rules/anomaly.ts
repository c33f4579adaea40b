import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { type Episode, episodesOf, median, type Observed, WATCH } from '../../../shared/metrics/anomaly.ts'
import { readWatched, type Watched } from '../../../shared/operations/analytics/watched.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Rule, Verdict } from '../rule.ts'

/** A change of less than this share of what is usual matters to nobody, however regular the figure. */
const LEAST_SHARE = 0.15

/** A figure of a brand left the range that its own past explains: weekdays and level taken into account. */
export const anomaly: Rule = {
  rule: 'anomaly',
  on: { 'figures.kept': (db, event, { threshold }) => judgeBrand(db, event, threshold ?? WATCH.threshold) },
}

type Brand = { brand_id: string; name: string; currency: string }

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
  return watched.map((figure) => {
    const minChange = LEAST_SHARE * (median(known(figure.series)) ?? 0)
    const last = episodesOf(figure.series, { ...WATCH, threshold, minChange }).at(-1)
    return last && !last.ended ? raise(brand, figure, last) : { clear: causeOf(brand, figure) }
  })
}

const known = (series: readonly Observed[]): number[] => series.flatMap(({ value }) => value ?? [])

const causeOf = ({ brand_id }: Brand, { metric, provider }: Watched): string =>
  `anomaly:${brand_id}:${metric}${provider && `:${provider}`}`

const NAMES: Readonly<Record<Watched['metric'], string>> = {
  net: 'Net sales',
  orders: 'Orders',
  spend: 'Ad spend',
  roas: 'ROAS',
}
const PLACES: Readonly<Record<string, string>> = { meta: 'Meta', tiktok: 'TikTok', 'google-ads': 'Google Ads' }

function raise(brand: Brand, { metric, provider }: Watched, { direction, since, raised }: Episode): Verdict {
  const name = NAMES[metric] + (provider && ` at ${PLACES[provider] ?? provider}`)
  const shown = (value: number): string => {
    if (metric === 'orders') return String(Math.round(value))
    return metric === 'roas' ? value.toFixed(2) : `${value.toFixed(2)} ${brand.currency}`
  }
  const [was, expected] = [shown(raised.value), shown(raised.expected)]
  return {
    raise: causeOf(brand, { metric, provider }),
    brandId: brand.brand_id,
    title: `${name} of ${brand.name} ${direction === 'below' ? 'fell below' : 'rose above'} what is usual`,
    message:
      `On ${raised.day} it was ${was} where its last eight weeks, weekday by weekday, make ${expected} likely. ` +
      `${CHECKS[metric]} The alert ends when two days in a row are usual again, or when the new level has lasted for a week.`,
    details: {
      metric,
      provider,
      direction,
      since,
      day: raised.day,
      value: raised.value,
      expected: raised.expected,
      z: raised.z,
    },
  }
}

const CHECKS: Readonly<Record<Watched['metric'], string>> = {
  net: 'Look whether the checkout works, prices or discounts changed, a product ran out, or a campaign began or ended.',
  orders: 'Look whether the checkout works, and whether campaigns or stock changed.',
  spend: 'Look at budgets, payment problems of the account, and campaigns that began or ended.',
  roas: 'Look at which campaigns lost or gained, and whether their links still carry their parameters.',
}
