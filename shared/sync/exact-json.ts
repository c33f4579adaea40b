type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** ECMAScript hands the reviver each number as it was written; TypeScript's library does not know it yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/** JSON whose numbers stay the text they were written as: no digit of an id, an amount or a share is lost. Throws SyntaxError. */
export const parseExact = (text: string): unknown =>
  parse(text, (_, value, context) => (typeof value === 'number' ? (context?.source ?? String(value)) : value))

/** "1.5e-7" -> "0.00000015": the same number without an exponent; any other text as it is. */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(text) ?? []
  if (exponent === undefined) return text
  const point = whole.length + Number(exponent)
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`
  const at = Math.max(0, point)
  const padded = digits.padEnd(at, '0')
  return `${sign}${padded.slice(0, at) || '0'}${padded.length > at ? `.${padded.slice(at)}` : ''}`
}
