/** Currencies that Meta's API counts in whole units (offset 1); all others have an offset of 100. */
const WITHOUT_DECIMALS = new Set(['CLP', 'COP', 'CRC', 'HUF', 'IDR', 'ISK', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])

const decimalsOf = (currency: string) => (WITHOUT_DECIMALS.has(currency) ? 0 : 2)

/** Minor units (cents; whole yen), rounded. */
export const toMinor = (major: string, currency: string) => Math.round(Number(major) * 10 ** decimalsOf(currency))

/** Decimal string in major units with the currency's decimals, as insights show money. */
export const toMajor = (minor: number, currency: string) =>
  (minor / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency))
