import { z } from 'zod'
import { Instant } from '../wire.ts'
import { Failure, Run } from './run.ts'
import { Stream } from './stream.ts'

export const ConnectionStatus = z.enum(['active', 'paused', 'needs_reauth', 'disconnected'])
export type ConnectionStatus = z.output<typeof ConnectionStatus>

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
  backfill: Run.extend({ streams: z.array(Stream) })
    .nullable()
    .describe('The latest one.'),
})
