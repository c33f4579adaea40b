import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const Stream = z.object({
  stream: z.string(),
  status: z.enum(['waiting', 'syncing', 'complete']).describe('waiting: nothing read yet.'),
  progress: z.number().min(0).max(1).nullable().describe('Of the range being read; null when its start is unknown.'),
  complete_until: Instant.nullable(),
  waits_until: Instant.nullable().describe('The provider is preparing what was asked of it; it is asked again then.'),
  rows_read: z.number(),
  rows_written: z.number(),
  drift: z.record(z.string(), z.number()).describe('Fields and values the provider sent that we do not know, counted.'),
})

export type StreamRow = {
  integration_id: string
  run_id: string
  stream: string
  complete_until: Date | null
  range_since: Date | null
  range_until: Date | null
  wait_until: Date | null
  position: Date | null
  rows_read: bigint
  rows_written: bigint
  drift: Record<string, number>
}

/** Streams of the connections, in each cursor named (the hourly one, a backfill's run), by name. */
export const readStreams = (db: Db, integrationIds: readonly string[], cursors: readonly string[]) =>
  db.query<StreamRow>(sql`
    select integration_id, run_id, stream, complete_until, range_since, range_until, wait_until, position, rows_read,
      rows_written, drift
    from sync_state
    where tenant_id = ${actor().tenantId} and integration_id = any(${integrationIds}::uuid[])
      and run_id = any(${cursors}::uuid[])
    order by stream`)

export const streamOnWire = (row: StreamRow): z.input<typeof Stream> => ({
  stream: row.stream,
  status: row.range_until ? 'syncing' : row.complete_until ? 'complete' : 'waiting',
  progress: progressOf(row),
  complete_until: instantOrNull(row.complete_until),
  waits_until: instantOrNull(row.wait_until),
  rows_read: Number(row.rows_read),
  rows_written: Number(row.rows_written),
  drift: row.drift,
})

/** The share of the range's time that has been read: rows come in the order of time, their number is not known ahead. */
export function progressOf(
  row: Pick<StreamRow, 'complete_until' | 'range_since' | 'range_until' | 'position'>,
): number | null {
  if (!row.range_until) return row.complete_until ? 1 : 0
  if (!row.position) return 0
  if (!row.range_since) return null
  const whole = row.range_until.getTime() - row.range_since.getTime()
  const share = whole > 0 ? (row.position.getTime() - row.range_since.getTime()) / whole : 1
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000
}
