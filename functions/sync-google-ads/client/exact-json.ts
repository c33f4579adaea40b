type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** ECMAScript hands the reviver each number as it was written; TypeScript's library does not know it yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/** JSON whose numbers stay the text they were written as, so that no digit of a conversion or its value is lost. */
export const parseExact = (text: string): unknown =>
  parse(text, (_, value, context) => (typeof value === 'number' ? (context?.source ?? String(value)) : value))
