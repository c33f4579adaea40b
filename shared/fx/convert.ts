import { scaleMicros } from '../units.ts'

/** Micros of one currency in micros of another, rounded once, half away from zero. `rate` is a decimal: units of the other for one. */
export function atRate(micros: bigint, rate: string): bigint {
  const [whole = '', fraction = ''] = rate.split('.')
  return scaleMicros(micros, BigInt(whole + fraction), 10n ** BigInt(fraction.length))
}
