import type { z } from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { instantOrNull } from '../wire.ts'
import type { Connection } from './connection.ts'

type Wire = z.input<typeof Connection>

type ConnectionRow = {
  integration_id: string
  brand_id: string
  platform: string
  account_name: string
  status: Wire['status']
  last_synced_at: Date | null
  next_due_at: Date
  sync_error_code: string | null
  sync_error_message: string | null
  run_id: string | null
  run_status: NonNullable<Wire['run']>['status']
  started_at: Date
  finished_at: Date | null
  pages: number
  rows_read: bigint
  rows_written: bigint
  error_code: string | null
  error_message: string | null
}
type StreamRow = {
  integration_id: string
  stream: string
  complete_until: Date | null
  range_since: Date | null
  range_until: Date | null
  position: Date | null
  rows_read: bigint
  rows_written: bigint
  drift: Record<string, number>
}

type Wanted = { brandId: string | null; after: string | null; limit: number }

/** Connections by id, each with its latest run. */
export const readConnections = (db: Db, { brandId, after, limit }: Wanted): Promise<ConnectionRow[]> =>
  db.query(sql`
    select i.integration_id, i.brand_id, i.platform, i.account_name, i.status, i.last_synced_at, i.next_due_at,
      i.sync_error_code, i.sync_error_message, r.run_id, r.status as run_status, r.started_at, r.finished_at, r.pages,
      r.rows_read, r.rows_written, r.error_code, r.error_message
    from integrations i
      left join lateral (
        select * from sync_runs where tenant_id = i.tenant_id and integration_id = i.integration_id
        order by started_at desc limit 1
      ) r on true
    where i.tenant_id = ${actor().tenantId} and (${brandId}::uuid is null or i.brand_id = ${brandId}::uuid)
      and (${after}::uuid is null or i.integration_id > ${after}::uuid)
    order by i.integration_id limit ${limit}`)

/** Streams of the connections, by connection, by name. */
export async function readStreams(db: Db, integrationIds: readonly string[]): Promise<Map<string, StreamRow[]>> {
  const rows = await db.query<StreamRow>(sql`
    select integration_id, stream, complete_until, range_since, range_until, position, rows_read, rows_written, drift
    from sync_state where tenant_id = ${actor().tenantId} and integration_id = any(${integrationIds}::uuid[])
    order by stream`)
  return Map.groupBy(rows, (row) => row.integration_id)
}

export const connectionOnWire = (row: ConnectionRow, streams: readonly StreamRow[]): Wire => ({
  integration_id: row.integration_id,
  brand_id: row.brand_id,
  platform: row.platform,
  account_name: row.account_name,
  status: row.status,
  last_synced_at: instantOrNull(row.last_synced_at),
  next_due_at: row.next_due_at.toISOString(),
  error: failure(row.sync_error_code, row.sync_error_message),
  run: row.run_id === null ? null : runOnWire(row, row.run_id),
  streams: streams.map(streamOnWire),
})

const runOnWire = (row: ConnectionRow, runId: string): Wire['run'] => ({
  run_id: runId,
  status: row.run_status,
  started_at: row.started_at.toISOString(),
  finished_at: instantOrNull(row.finished_at),
  pages: row.pages,
  rows_read: Number(row.rows_read),
  rows_written: Number(row.rows_written),
  error: failure(row.error_code, row.error_message),
})

const streamOnWire = (row: StreamRow): Wire['streams'][number] => ({
  stream: row.stream,
  status: row.range_until ? 'syncing' : row.complete_until ? 'complete' : 'waiting',
  progress: progressOf(row),
  complete_until: instantOrNull(row.complete_until),
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

const failure = (code: string | null, message: string | null) =>
  code === null ? null : { code, message: message ?? '' }
