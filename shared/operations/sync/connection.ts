import { z } from 'zod'
import { Instant } from '../wire.ts'

const Failure = z.object({ code: z.string(), message: z.string() }).nullable()

const Stream = z.object({
  stream: z.string(),
  status: z.enum(['waiting', 'syncing', 'complete']).describe('waiting: nothing read yet.'),
  progress: z.number().min(0).max(1).nullable().describe('Of the range being read; null when its start is unknown.'),
  complete_until: Instant.nullable(),
  rows_read: z.number(),
  rows_written: z.number(),
  drift: z.record(z.string(), z.number()).describe('Fields and values the provider sent that we do not know, counted.'),
})
const Run = z.object({
  run_id: z.uuid(),
  status: z.enum(['running', 'continued', 'completed', 'failed']),
  started_at: Instant,
  finished_at: Instant.nullable(),
  pages: z.number(),
  rows_read: z.number(),
  rows_written: z.number(),
  error: Failure,
})
export const Connection = z.object({
  integration_id: z.uuid(),
  brand_id: z.uuid(),
  platform: z.string(),
  account_name: z.string(),
  status: z.enum(['active', 'paused', 'needs_reauth', 'disconnected']),
  last_synced_at: Instant.nullable(),
  next_due_at: Instant,
  error: Failure,
  run: Run.nullable().describe('The latest.'),
  streams: z.array(Stream),
})
