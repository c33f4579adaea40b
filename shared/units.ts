import { AppError } from './errors.ts'

const MICROS_PER_UNIT = 1_000_000n
const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d+))?$/

/** ISO 4217 minor units where they are not 2. Source: ISO 4217 list one, 2026. */
const EXPONENTS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** Whether ISO 4217 knows the code. Rows in an unknown currency are kept, unconverted and visible. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code)

/** Digits after the decimal point of a currency: JPY 0, USD 2, KWD 3. */
export const currencyExponent = (code: string): number => EXPONENTS[code] ?? 2

/** "12.34" -> 12340000n. Throws INPUT_INVALID on anything but a plain decimal of at most six significant places. */
export function microsFromDecimal(decimal: string): bigint {
  const match = DECIMAL.exec(decimal)
  const fraction = match?.[3] ?? ''
  if (!match || /[^0]/.test(fraction.slice(6))) {
    throw new AppError('INPUT_INVALID', `Expected a decimal amount such as "12.34", got ${JSON.stringify(decimal)}.`)
  }
  const micros = BigInt(match[2] ?? '0') * MICROS_PER_UNIT + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
  return match[1] === '-' ? -micros : micros
}

/** As microsFromDecimal, digits after the sixth rounded half away from zero: sums of floats may have long tails. */
export function roundedMicros(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  const cut = microsFromDecimal(fraction.length > 6 ? `${whole}.${fraction.slice(0, 6)}` : decimal)
  if ((fraction[6] ?? '0') < '5') return cut
  return decimal.startsWith('-') ? cut - 1n : cut + 1n
}

/** 12340000n of USD -> "12.34": rounded half away from zero to the currency's own digits. */
export function decimalFromMicros(micros: bigint, currency: string): string {
  const digits = currencyExponent(currency)
  const step = 10n ** BigInt(6 - digits)
  const magnitude = micros < 0n ? -micros : micros
  const minor = (magnitude + step / 2n) / step
  const text = minor.toString().padStart(digits + 1, '0')
  const sign = micros < 0n && minor > 0n ? '-' : ''
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** value × numerator / denominator, rounded half away from zero. Throws on a zero denominator, as bigint division does. */
export function scaleMicros(value: bigint, numerator: bigint, denominator: bigint): bigint {
  const product = value * numerator
  const negative = product < 0n !== denominator < 0n
  const magnitude = product < 0n ? -product : product
  const divisor = denominator < 0n ? -denominator : denominator
  const rounded = (2n * magnitude + divisor) / (2n * divisor)
  return negative ? -rounded : rounded
}

const DAY_MS = 86_400_000

/** Calendar arithmetic on the label of a day (YYYY-MM-DD), which no clock change can bend. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

const formatters = new Map<string, Intl.DateTimeFormat>()
const dayCache = new Map<string, string>()
const QUARTER_HOUR_MS = 15 * 60 * 1000

/** The calendar day (YYYY-MM-DD) of an instant in an IANA zone. Every zone's offset is a multiple of 15 minutes since 1972. */
export function dayIn(timeZone: string, instant: Date): string {
  const slot = `${timeZone}|${Math.floor(instant.getTime() / QUARTER_HOUR_MS)}`
  const cached = dayCache.get(slot)
  if (cached !== undefined) return cached
  const day = formatterFor(timeZone).format(instant)
  if (dayCache.size > 50_000) dayCache.clear()
  dayCache.set(slot, day)
  return day
}

const DAY_SLOTS = 96
/** No zone is further from UTC. */
const FURTHEST_MS = 15 * 60 * 60 * 1000

/** The first instant of a calendar day (YYYY-MM-DD) in an IANA zone: not always 00:00, which some days do not have. */
export function startOfDay(timeZone: string, day: string): Date {
  const earliestMs = Date.parse(day) - FURTHEST_MS
  let [before, from] = [-1, DAY_SLOTS + (2 * FURTHEST_MS) / QUARTER_HOUR_MS]
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (dayIn(timeZone, new Date(earliestMs + middle * QUARTER_HOUR_MS)) < day) before = middle
    else from = middle
  }
  return new Date(earliestMs + from * QUARTER_HOUR_MS)
}

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  // The Swedish locale writes dates as ISO 8601 does.
  const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const formatter = new Intl.DateTimeFormat('sv-SE', options)
  formatters.set(timeZone, formatter)
  return formatter
}

/** Whether the runtime knows the IANA zone name. */
export function isTimeZone(name: string): boolean {
  try {
    formatterFor(name)
    return true
  } catch {
    return false
  }
}
