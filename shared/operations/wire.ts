import { z } from 'zod'
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

/** RFC 3339 UTC. */
export const Instant = z.iso.datetime()
/** YYYY-MM-DD in the brand's zone. */
export const Day = z.iso.date()

export const instantOrNull = (at: Date | null): string | null => at?.toISOString() ?? null
