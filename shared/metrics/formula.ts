import { scaleMicros } from '../units.ts'
import type { FigureName, Sums } from './figures.ts'

/** How a metric is computed from sums: a value in millionths; null where a part is unknown or a denominator is 0. */
export type Formula = {
  /** In the order they are written. */
  figures: readonly FigureName[]
  of(sums: Sums): bigint | null
  /** "net / spend", for people. */
  text: string
  isRatio: boolean
}

const ONE = 1_000_000n

export const figure = (name: FigureName): Formula => ({
  figures: [name],
  of: (sums) => sums[name],
  text: name,
  isRatio: false,
})

const joined = (a: Formula, b: Formula) => ({ figures: [...new Set([...a.figures, ...b.figures])], isRatio: false })

function combined(a: Formula, b: Formula, by: (a: bigint, b: bigint) => bigint): Formula['of'] {
  return (sums) => {
    const [left, right] = [a.of(sums), b.of(sums)]
    return left === null || right === null ? null : by(left, right)
  }
}

export const plus = (a: Formula, b: Formula): Formula => ({
  ...joined(a, b),
  of: combined(a, b, (left, right) => left + right),
  text: `${a.text} + ${b.text}`,
})

export const minus = (a: Formula, b: Formula): Formula => ({
  ...joined(a, b),
  of: combined(a, b, (left, right) => left - right),
  text: `${a.text} − ${b.text}`,
})

/** A ratio of sums, never a mean of ratios; x / 0 is null. Rounded half away from zero to a millionth. */
export function ratio(numerator: Formula, denominator: Formula): Formula {
  const divided = (sums: Sums): bigint | null => {
    const [top, bottom] = [numerator.of(sums), denominator.of(sums)]
    return top === null || bottom === null || bottom === 0n ? null : scaleMicros(top, ONE, bottom)
  }
  const bracketed = ({ figures, text }: Formula): string => (figures.length > 1 ? `(${text})` : text)
  const text = `${bracketed(numerator)} / ${bracketed(denominator)}`
  return { ...joined(numerator, denominator), of: divided, text, isRatio: true }
}
