/** The squared error that is left, and the factors of g, g·t and g·t². */
export type Fitted = { error: number; trend: readonly [number, number, number] }

/**
 * Weighted least squares of y on (g, g·t, g·t²) from sums: six of the symmetric matrix, three of the right side, and Σwy².
 * Null where the days do not tell the three apart.
 */
export function solve(s: Float64Array): Fitted | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, u = 0, v = 0, w = 0, yy = 0] = s
  const [p, q, r] = [d * f - e * e, c * e - b * f, b * e - c * d]
  const determinant = a * p + b * q + c * r
  if (determinant <= 1e-9 * a * d * f) return null
  const [k, l, m] = [a * f - c * c, b * c - a * e, a * d - b * b]
  const trend = [
    (p * u + q * v + r * w) / determinant,
    (q * u + k * v + l * w) / determinant,
    (r * u + l * v + m * w) / determinant,
  ] as const
  return { error: yy - trend[0] * u - trend[1] * v - trend[2] * w, trend }
}
