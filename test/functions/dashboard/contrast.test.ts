import { expect, it } from 'vitest'
import { inkOn, readableOn } from '../../../functions/dashboard/client/shell/contrast.ts'

const GROUNDS = ['#ffffff', '#141419']
const COLOURS = ['#ffff00', '#000000', '#ffffff', '#4f46e5', '#ff8800', '#88cc88', '#101014', '#e11d48']

/** By hand, from the clause: WCAG 2.2, 1.4.3 */
function ratio(first: string, second: string): number {
  const luminance = (hex: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    const [red = 0, green = 0, blue = 0] = parts.map((share) =>
      share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark = 0, light = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

it('a tenant’s colour is moved until it can be read, and text on it can', () => {
  for (const colour of COLOURS) {
    for (const ground of GROUNDS) expect(ratio(readableOn(colour, ground) ?? '', ground)).toBeGreaterThanOrEqual(4.5)
    expect(ratio(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5)
  }
  expect(readableOn('#4f46e5', '#ffffff')).toBe('#4f46e5')
  expect(readableOn('red', '#ffffff')).toBeNull()
})
