import type { MetaInsight } from '../world.ts'
import { daysBetween, type Moment } from './account-day.ts'
import { toMinor } from './currency.ts'

/** Share of a day's conversions that is known so many account days later; complete from day 7. */
const KNOWN_AFTER_DAYS = [0.55, 0.75, 0.85, 0.9, 0.94, 0.97, 0.99]
/** How far spend is still off, up or down by row, so many account days later; settled from day 3. */
const SPEND_OFF_AFTER_DAYS = [0.02, 0.01, 0.005]
const VIEW_SHARE = 0.15
const FIRST_DAY_CLICK_SHARE = 0.8
const LINK_CLICK_SHARE = 0.7

/** One number by attribution: `value` is the account's default, 7-day click and 1-day view, each conversion once. */
export type ByWindow = { value: number; '1d_click': number; '7d_click': number; '1d_view': number }

/** What the API knows at one moment of one or more campaign days. Money in minor units of the account's currency. */
export type Delivery = {
  spend_minor: number
  impressions: number
  clicks: number
  link_clicks: number
  purchases: ByWindow
  purchase_value_minor: ByWindow
}

/** What `moment` shows of a row: nothing of later days, a share of today, conversions as far as they are known. */
export function deliveryAt(row: MetaInsight, moment: Moment, currency: string): Delivery {
  const age = daysBetween(row.date_start, moment.today)
  const passed = age < 0 ? 0 : age === 0 ? moment.passed : 1
  const random = randomOf(row)
  const clicks = Math.floor(Number(row.clicks) * passed)
  const known = (KNOWN_AFTER_DAYS[age] ?? 1) * passed
  const purchases = known === 1 ? row.purchases : share(row.purchases, known, random('reported'))
  const counts = countsByWindow(purchases, random)
  const value_minor = Math.round((toMinor(row.purchase_value, currency) * purchases) / Math.max(1, row.purchases))
  return {
    spend_minor: Math.round(toMinor(row.spend, currency) * passed * spendCorrection(age, random('spend'))),
    impressions: Math.floor(Number(row.impressions) * passed),
    clicks,
    link_clicks: share(clicks, LINK_CLICK_SHARE, random('link')),
    purchases: counts,
    purchase_value_minor: valuesByWindow(value_minor, counts),
  }
}

const spendCorrection = (age: number, random: number) => 1 + (SPEND_OFF_AFTER_DAYS[age] ?? 0) * (random < 0.5 ? -1 : 1)

/** `count` times `part` as a whole number, right on average over rows and never falling when either grows. */
const share = (count: number, part: number, random: number) => Math.floor(count * part + random)

function countsByWindow(value: number, random: (name: string) => number): ByWindow {
  const view = Math.min(value, share(value, VIEW_SHARE, random('view')))
  const click = value - view
  return { value, '1d_click': share(click, FIRST_DAY_CLICK_SHARE, random('click')), '7d_click': click, '1d_view': view }
}

function valuesByWindow(value: number, counts: ByWindow): ByWindow {
  const part = (count: number) => Math.round((value * count) / Math.max(1, counts.value))
  const view = part(counts['1d_view'])
  return { value, '1d_click': part(counts['1d_click']), '7d_click': value - view, '1d_view': view }
}

/** A number in [0, 1) that depends on the row and the name alone, so that every call tells the same story. */
function randomOf(row: MetaInsight): (name: string) => number {
  return (name) => {
    let hash = 0x811c9dc5
    for (const character of `${row.campaign_id}/${row.date_start}/${name}`) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32
  }
}

export function sum(deliveries: readonly Delivery[]): Delivery {
  const total = (pick: (delivery: Delivery) => number) => deliveries.reduce((so_far, each) => so_far + pick(each), 0)
  const windows = (pick: (delivery: Delivery) => ByWindow): ByWindow => ({
    value: total((each) => pick(each).value),
    '1d_click': total((each) => pick(each)['1d_click']),
    '7d_click': total((each) => pick(each)['7d_click']),
    '1d_view': total((each) => pick(each)['1d_view']),
  })
  return {
    spend_minor: total((each) => each.spend_minor),
    impressions: total((each) => each.impressions),
    clicks: total((each) => each.clicks),
    link_clicks: total((each) => each.link_clicks),
    purchases: windows((each) => each.purchases),
    purchase_value_minor: windows((each) => each.purchase_value_minor),
  }
}
