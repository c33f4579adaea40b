import * as z from 'zod'
import { cost } from '../admin/cost.ts'
import { Day, Money } from '../wire.ts'

/** A tenant's day in figures, on the wire. */
export const TenantDay = z.object({
  day: Day.describe('UTC.'),
  tenant_id: z.uuid(),
  company_name: z.string().nullable().describe('null once the tenant is erased.'),
  requests: z.int(),
  errors: z.int().describe('Requests that failed by our fault.'),
  p50_ms: z.number().nullable().describe('Of requests; null where nobody asked, and until the day is over.'),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  questions: z.int(),
  accuracy: z.number().nullable().describe("Share of the day's ratings that are 4 or 5; null without any."),
  tokens: z.int(),
  cost: Money,
  syncs_ok: z.int(),
  syncs_failed: z.int(),
  oldest_data_seconds: z
    .number()
    .nullable()
    .describe(
      "At the day's end, since the last sync of the connection that has waited longest; null: none within a week.",
    ),
})

type Wire = z.output<typeof TenantDay>
type Derived = 'accuracy' | 'cost' | 'tokens' | 'oldest_data_seconds'
export type DayRow = Omit<Wire, Derived> & {
  ratings: number
  accurate: number
  tokens: bigint | number
  cost_usd: string
  oldest_data_s: number | null
}

export const dayOnWire = ({ ratings, accurate, tokens, cost_usd, oldest_data_s, ...row }: DayRow): Wire => ({
  ...row,
  accuracy: ratings === 0 ? null : accurate / ratings,
  tokens: Number(tokens),
  cost: cost(cost_usd),
  oldest_data_seconds: oldest_data_s,
})
