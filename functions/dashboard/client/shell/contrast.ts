type Rgb = readonly [number, number, number]

const parse = (hex: string): Rgb | null => {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1]
  if (digits === undefined) return null
  const value = Number.parseInt(digits, 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
const print = (colour: Rgb): string =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** Relative luminance. Source: WCAG 2.2, 1.4.3 */
function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function contrast(first: Rgb, second: Rgb): number {
  const [light = 0, dark = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const ENOUGH = 4.5
const STEPS = 25

/** The colour, moved towards black or white until text in it can be read on this ground. null: not a colour. */
export function readableOn(hex: string, ground: string): string | null {
  const behind = parse(ground)
  const given = parse(hex)
  if (!given || !behind) return null
  const goal = luminance(behind) > 0.4 ? 0 : 255
  const moved = Array.from({ length: STEPS + 1 }, (_, step) => towards(given, goal, step / STEPS))
  return print(moved.find((colour) => contrast(colour, behind) >= ENOUGH) ?? [goal, goal, goal])
}

const towards = ([red, green, blue]: Rgb, goal: number, share: number): Rgb => {
  const move = (part: number): number => Math.round(part + (goal - part) * share)
  return [move(red), move(green), move(blue)]
}

/** Black or white, whichever is read better on it. */
export function inkOn(hex: string): string {
  const ground = parse(hex)
  if (!ground) return '#ffffff'
  return contrast([255, 255, 255], ground) >= ENOUGH ? '#ffffff' : '#000000'
}
