import * as z from 'zod'
import { decimalFromMicros } from '../units.ts'

/** Money on the wire: a decimal string in the currency's own digits. */
export const Money = z
  .object({ amount: z.string().regex(/^-?\d+(\.\d+)?$/), currency: z.string().length(3) })
  .meta({ examples: [{ amount: '1234.50', currency: 'USD' }] })
export type Money = z.output<typeof Money>

export const money = (micros: bigint, currency: string): Money => ({
  amount: decimalFromMicros(micros, currency),
  currency,
})

export const moneyOrNull = (micros: bigint | null, currency: string): Money | null =>
  micros === null ? null : money(micros, currency)

/** Years that calendars, Postgres and JavaScript all write in the same way, with room for a range's arithmetic on both sides. */
const isOrdinary = (text: string): boolean => text >= '1900' && text < '2200'
const ORDINARY = { error: 'Expected a year from 1900 to 2199.' }

/** RFC 3339 UTC. */
export const Instant = z.iso.datetime().refine(isOrdinary, ORDINARY)
/** YYYY-MM-DD in the brand's zone. */
export const Day = z.iso.date().refine(isOrdinary, ORDINARY)

export const instantOrNull = (at: Date | null): string | null => at?.toISOString() ?? null
