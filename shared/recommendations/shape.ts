/** How net grows with spend, up to a factor: never falling, never steeper with more. Spend relative to what is usual, > 0. */
export type Shape = { net: (spend: number) => number; slope: (spend: number) => number }

const power = (b: number): Shape => ({ net: (spend) => spend ** b, slope: (spend) => b * spend ** (b - 1) })
/** Up to a ceiling, half of which is reached at k. */
const ceiling = (k: number): Shape => ({ net: (spend) => spend / (k + spend), slope: (spend) => k / (k + spend) ** 2 })
/** Up to a ceiling, nearer to it by the same share with every k. */
const exponential = (k: number): Shape => ({
  net: (spend) => -Math.expm1(-spend / k),
  slope: (spend) => Math.exp(-spend / k) / k,
})

const steps = (count: number, of: (share: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => of(index / (count - 1)))
/** From a bend far below the usual spend to one far above it. */
const BENDS = steps(7, (share) => 0.05 * 80 ** share)

/** From none at all (power 0) to proportional (power 1). */
export const SHAPES: readonly Shape[] = [
  ...steps(11, (share) => share).map(power),
  ...BENDS.map(ceiling),
  ...steps(10, (share) => 0.15 * 30 ** share).map(exponential),
]
