import { AppError } from '../errors.ts'
import { currencyExponent } from '../units.ts'

/** Weights become integers of this many bits: whole-number ratios (1:1:1, 40:20:40) stay exact. */
const WEIGHT_BITS = 52
const MICRO_DIGITS = 6

/**
 * Money split into parts that are whole coins of the currency (yen, cents, fils) and sum to it exactly, so that they add
 * up as they are shown, too. What the whole has below a coin goes to the largest part.
 */
export function splitMoney(micros: bigint, weights: readonly number[], currency: string): bigint[] {
  const coin = 10n ** BigInt(MICRO_DIGITS - currencyExponent(currency))
  const parts = splitByWeight(micros / coin, weights).map((coins) => coins * coin)
  const largest = weights.indexOf(Math.max(...weights))
  return parts.map((part, index) => (index === largest ? part + (micros % coin) : part))
}

/**
 * A whole split by weights into parts that sum to it exactly, by the largest remainder; equal remainders favour the
 * earlier part. A part of weight 0 is 0, and the split of −x mirrors that of x. Throws INTERNAL unless weights are finite, ≥ 0 and not all 0.
 */
export function splitByWeight(total: bigint, weights: readonly number[]): bigint[] {
  const scaled = toIntegers(weights)
  if (scaled.length === 1) return [total]
  const sum = scaled.reduce((a, b) => a + b, 0n)
  const magnitude = total < 0n ? -total : total
  const parts = scaled.map((weight) => (magnitude * weight) / sum)
  const left = magnitude - parts.reduce((a, b) => a + b, 0n)
  for (const index of byRemainder(scaled.map((weight) => (magnitude * weight) % sum)).slice(0, Number(left))) {
    parts[index] = (parts[index] ?? 0n) + 1n
  }
  return total < 0n ? parts.map((part) => -part) : parts
}

function toIntegers(weights: readonly number[]): bigint[] {
  const largest = Math.max(0, ...weights)
  if (largest === 0 || !weights.every((weight) => Number.isFinite(weight) && weight >= 0)) {
    throw new AppError('INTERNAL', `Expected weights that are finite, not negative and not all zero, got [${weights}].`)
  }
  const scale = 2 ** (WEIGHT_BITS - 1 - Math.floor(Math.log2(largest))) // a power of two changes no ratio
  return weights.map((weight) => BigInt(Math.round(weight * scale)))
}

/** Indices, largest remainder first; the sort is stable, so that equal ones keep their order. */
const byRemainder = (remainders: readonly bigint[]): number[] =>
  [...remainders.entries()].sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0)).map(([index]) => index)
