/** Amounts are whole minor units of a currency (cents, yen, fils), so that sums are exact. */
export type Minor = number

const EXPONENTS: Readonly<Record<string, number>> = { JPY: 0, KWD: 3, BHD: 3 }

export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2

export function decimal(minor: Minor, currency: string): string {
  const exponent = exponentOf(currency)
  if (exponent === 0) return String(minor)
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

export type MoneyV2 = { amount: string; currencyCode: string }
/** Without `presentmentMoney` the customer paid in the shop's currency; the API then shows the same money twice. */
export type MoneyBag = { shopMoney: MoneyV2; presentmentMoney?: MoneyV2 }

/** What a customer paid in: the shop's currency, or another at a fixed rate. */
export type Presentment = { currency: string; rate: number }

export function moneyBags(currency: string, presentment: Presentment): (minor: Minor) => MoneyBag {
  const factor = (presentment.rate * 10 ** exponentOf(presentment.currency)) / 10 ** exponentOf(currency)
  return (minor) => {
    const shopMoney = { amount: decimal(minor, currency), currencyCode: currency }
    if (presentment.currency === currency) return { shopMoney }
    const amount = decimal(Math.round(minor * factor), presentment.currency)
    return { shopMoney, presentmentMoney: { amount, currencyCode: presentment.currency } }
  }
}

/** Splits `total` by weight into whole units that sum to it exactly (largest remainder, first wins ties). */
export function split(total: Minor, weights: readonly number[]): Minor[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  if (sum === 0) return weights.map(() => 0)
  const exact = weights.map((weight) => (total * weight) / sum)
  const parts = exact.map(Math.floor)
  let missing = total - parts.reduce((a, b) => a + b, 0)
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest)
  for (const { index } of order) {
    if (missing-- <= 0) break
    parts[index] = (parts[index] ?? 0) + 1
  }
  return parts
}

/** The share of `total` that the first `count` of `of` units carry; cumulative, so that parts always add up. */
export const shareOf = (total: Minor, count: number, of: number): Minor => Math.round((total * count) / of)
