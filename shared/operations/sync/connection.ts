import * as z from 'zod'
import { Day, Instant } from '../wire.ts'
import { Failure, Run } from './run.ts'
import { Stream } from './stream.ts'

export const ConnectionStatus = z.enum(['active', 'paused', 'needs_reauth', 'disconnected'])
export type ConnectionStatus = z.output<typeof ConnectionStatus>

/** Days on which our rows and the provider's own sums differ; "spend" in `currency`, "orders" are a count. */
const Difference = z.object({
  day: Day,
  measure: z.enum(['orders', 'spend']),
  ours: z.string(),
  theirs: z.string(),
  currency: z.string().nullable(),
})

export const Connection = z.object({
  integration_id: z.uuid(),
  brand_id: z.uuid(),
  platform: z.string(),
  account_name: z.string(),
  status: ConnectionStatus,
  paused_since: Instant.nullable(),
  last_synced_at: Instant.nullable(),
  next_due_at: Instant,
  error: Failure,
  run: Run.nullable().describe('The latest sync, hourly or asked for.'),
  streams: z.array(Stream),
  reconciliation: z
    .object({ checked_at: Instant, differences: z.array(Difference) })
    .nullable()
    .describe("Whole days compared with the provider's own sums, once a day. Days that differ are read again once."),
  backfill: Run.extend({ streams: z.array(Stream) })
    .nullable()
    .describe('The latest one.'),
})
