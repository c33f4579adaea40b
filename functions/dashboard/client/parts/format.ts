/** Figures are written as the person's own locale has them. */
export const LOCALE = navigator.languages[0] ?? 'en'
/** Months and "3 hours ago" stand in English sentences: in English, in the order of the person's region. */
const WORDS = `en-${new Intl.Locale(LOCALE).maximize().region ?? 'US'}`

export type Amount = { amount: string; currency: string }
export const amountOf = (money: Amount | null): number | null => (money === null ? null : Number(money.amount))

const NONE = '–'
const kept = <T>(make: (key: string) => T): ((key: string) => T) => {
  const made = new Map<string, T>()
  return (key) => {
    const found = made.get(key) ?? make(key)
    made.set(key, found)
    return found
  }
}
const exact = kept((currency) => new Intl.NumberFormat(LOCALE, { style: 'currency', currency }))
const whole = kept(
  (currency) => new Intl.NumberFormat(LOCALE, { style: 'currency', currency, maximumFractionDigits: 0 }),
)
const short = kept(
  (currency) =>
    new Intl.NumberFormat(LOCALE, { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 }),
)
const tiny = kept(
  (currency) => new Intl.NumberFormat(LOCALE, { style: 'currency', currency, minimumFractionDigits: 4 }),
)
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const counts = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })
const ratios = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const evenShares = new Intl.NumberFormat(LOCALE, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const shares = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 })
const changes = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })

/** With all digits of its currency. */
export const formatMoney = (money: Amount | null | undefined): string =>
  money ? exact(money.currency).format(Number(money.amount)) : NONE

/** Without cents from a thousand on: for figures that stand alone. */
export function formatMoneyRounded(money: Amount | null | undefined): string {
  if (!money) return NONE
  const value = Number(money.amount)
  return (Math.abs(value) >= 1000 ? whole : exact)(money.currency).format(value)
}

/** Without cents, so that the figures of a column stand beneath one another. */
export const formatMoneyWhole = (money: Amount | null | undefined): string =>
  money ? whole(money.currency).format(Number(money.amount)) : NONE

/** A plain number of a currency; cents where there are some. */
export const formatMoneyOf = (value: number, currency: string): string =>
  (Number.isInteger(value) ? whole : exact)(currency).format(value)

export const formatMoneyShort = (value: number, currency: string): string => short(currency).format(value)

/** Of a chart's figures, which are plain numbers of one currency. */
export const moneyFormats = (currency: string) => ({
  format: (value: number | null): string => formatMoney(value === null ? null : { amount: value.toFixed(2), currency }),
  formatShort: (value: number): string => formatMoneyShort(value, currency),
})

/** Four digits behind the point for less than a unit: an answer often costs less than a cent. */
export function formatCost(money: Amount | null | undefined): string {
  if (!money) return NONE
  const value = Number(money.amount)
  return (value > 0 && value < 1 ? tiny : exact)(money.currency).format(value)
}

export const formatCount = (value: number | null | undefined): string => (value == null ? NONE : counts.format(value))
export const formatCompact = (value: number): string => compact.format(value)
export const formatRatio = (value: number | null | undefined): string => (value == null ? NONE : ratios.format(value))
export const formatShare = (value: number | null | undefined): string => (value == null ? NONE : shares.format(value))
/** With its tenth always, beside others of its kind. */
export const formatShareEven = (value: number): string => evenShares.format(value)
export const formatChange = (value: number | null | undefined): string => (value == null ? NONE : changes.format(value))

const days = new Intl.DateTimeFormat(WORDS, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const longDays = new Intl.DateTimeFormat(WORDS, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const months = new Intl.DateTimeFormat(WORDS, { month: 'short', year: 'numeric', timeZone: 'UTC' })
const instants = new Intl.DateTimeFormat(WORDS, { dateStyle: 'medium', timeStyle: 'short' })
const moments = new Intl.DateTimeFormat(WORDS, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
const ago = new Intl.RelativeTimeFormat(WORDS, { numeric: 'auto' })

/** Days of the brand, `YYYY-MM-DD`: no zone moves them. */
export const formatDay = (day: string): string => days.format(new Date(day))
export const formatLongDay = (day: string): string => longDays.format(new Date(day))
export const formatMonth = (day: string): string => months.format(new Date(day))
/** In the zone of the person. */
export const formatInstant = (at: string | null | undefined): string => (at ? instants.format(new Date(at)) : NONE)

/** In the zone of the person, of the last months: the year goes without saying. */
export const formatMoment = (at: string): string => moments.format(new Date(at))

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "3 hours ago", "in 5 minutes". */
export function formatAgo(at: string | null | undefined, now = Date.now()): string {
  if (!at) return NONE
  const ms = Date.parse(at) - now
  const step = STEPS.find(([, size]) => Math.abs(ms) >= size)
  return step ? ago.format(Math.round(ms / step[1]), step[0]) : ago.format(0, 'second')
}

/** "1 row", "2 rows". */
export const formatNumberOf = (count: number, one: string, several = `${one}s`): string =>
  `${counts.format(count)} ${count === 1 ? one : several}`

/** `out_of_stock` as people write it. */
export const inWords = (name: string): string => {
  const words = name.replace(/[_.-]+/g, ' ').replace(/\b(ai|aov|api|ltv|mer|roas)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const PLATFORMS: Readonly<Record<string, string>> = {
  shopify: 'Shopify',
  meta: 'Meta Ads',
  tiktok: 'TikTok Ads',
  'google-ads': 'Google Ads',
}
export const platformName = (platform: string): string => PLATFORMS[platform] ?? inWords(platform)
