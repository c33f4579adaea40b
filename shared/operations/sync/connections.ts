import type * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { HOURLY_CURSOR } from '../../sync/state.ts'
import { actor } from '../../tenant.ts'
import { instantOrNull } from '../wire.ts'
import type { Connection, ConnectionStatus } from './connection.ts'
import { type DifferenceRow, differenceOnWire, readDifferences } from './differences.ts'
import { failureOf, RUN_COLUMNS, type RunRow, runOnWire } from './run.ts'
import { readStreams, type StreamRow, streamOnWire } from './stream.ts'

type Wire = z.input<typeof Connection>

type ConnectionRow = {
  integration_id: string
  brand_id: string
  platform: string
  account_name: string
  status: ConnectionStatus
  paused_at: Date | null
  last_synced_at: Date | null
  next_due_at: Date
  reconciled_at: Date | null
  sync_error_code: string | null
  sync_error_message: string | null
}

type Wanted = { brandId: string | null; after: string | null; limit: number }

/** Connections by id. */
export const readConnections = (db: Db, { brandId, after, limit }: Wanted): Promise<ConnectionRow[]> =>
  db.query(sql`
    select integration_id, brand_id, platform, account_name, status, paused_at, last_synced_at, next_due_at, reconciled_at,
      sync_error_code, sync_error_message
    from integrations
    where tenant_id = ${actor().tenantId} and (${brandId}::uuid is null or brand_id = ${brandId}::uuid)
      and (${after}::uuid is null or integration_id > ${after}::uuid)
    order by integration_id limit ${limit}`)

/** What each connection's work is at: its latest sync, its latest backfill, the streams of both, and what differs. */
export type Work = {
  runs: readonly RunRow[]
  streams: readonly StreamRow[]
  differences: readonly DifferenceRow[]
}

export async function readWork(db: Db, integrationIds: readonly string[]): Promise<Work> {
  const runs = await latestRuns(db, integrationIds)
  const cursors = [HOURLY_CURSOR, ...runs.filter(({ kind }) => kind === 'backfill').map(({ run_id }) => run_id)]
  const [streams, differences] = await Promise.all([
    readStreams(db, integrationIds, cursors),
    readDifferences(db, integrationIds),
  ])
  return { runs, streams, differences }
}

const latestRuns = (db: Db, integrationIds: readonly string[]): Promise<RunRow[]> =>
  db.query(sql`
    select r.* from unnest(${integrationIds}::uuid[]) as asked (id) cross join lateral (
      (select ${RUN_COLUMNS} from sync_runs
        where tenant_id = ${actor().tenantId} and integration_id = asked.id and kind <> 'backfill'
        order by requested_at desc, run_id desc limit 1)
      union all
      (select ${RUN_COLUMNS} from sync_runs
        where tenant_id = ${actor().tenantId} and integration_id = asked.id and kind = 'backfill'
        order by requested_at desc limit 1)
    ) r`)

export function connectionOnWire(row: ConnectionRow, { runs, streams, differences }: Work): Wire {
  const its = runs.filter(({ integration_id }) => integration_id === row.integration_id)
  const run = its.find(({ kind }) => kind !== 'backfill')
  const backfill = its.find(({ kind }) => kind === 'backfill')
  const streamsOf = (cursor: string) =>
    streams.filter((each) => each.integration_id === row.integration_id && each.run_id === cursor).map(streamOnWire)
  return {
    integration_id: row.integration_id,
    brand_id: row.brand_id,
    platform: row.platform,
    account_name: row.account_name,
    status: row.status,
    paused_since: row.status === 'paused' ? instantOrNull(row.paused_at) : null,
    last_synced_at: instantOrNull(row.last_synced_at),
    next_due_at: row.next_due_at.toISOString(),
    error: failureOf(row.sync_error_code, row.sync_error_message),
    run: run ? runOnWire(run) : null,
    streams: streamsOf(HOURLY_CURSOR),
    reconciliation: row.reconciled_at && {
      checked_at: row.reconciled_at.toISOString(),
      differences: differences
        .filter(({ integration_id }) => integration_id === row.integration_id)
        .map(differenceOnWire),
    },
    backfill: backfill ? { ...runOnWire(backfill), streams: streamsOf(backfill.run_id) } : null,
  }
}
