/** "1.5e-7" -> "0.00000015": the same number without an exponent; any other decimal as it is. */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text
  const point = whole.length + Number(exponent)
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`
  const at = Math.max(0, point)
  const padded = digits.padEnd(at, '0')
  return `${sign}${padded.slice(0, at) || '0'}${padded.length > at ? `.${padded.slice(at)}` : ''}`
}
