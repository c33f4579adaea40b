import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { enqueue } from '../../events/record.ts'
import { wantLease } from '../../sync/lease.ts'
import { syncMessages } from '../../sync/request.ts'
import { actor } from '../../tenant.ts'
import { askedBy, type LockedConnection } from './locked.ts'
import { OPEN_STATUSES, RunStatus } from './run.ts'

export const AskedRun = z.object({ run_id: z.uuid(), integration_id: z.uuid(), status: RunStatus }).meta({
  examples: [
    {
      run_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
      integration_id: '0192d3f4-5a6b-7c8d-9e0f-aaaaaaaaaaaa',
      status: 'waiting',
    },
  ],
})
export type AskedRun = z.output<typeof AskedRun>

/** Asks for a sync of these active, locked connections, in their order. One that was asked for and is not over is answered again. */
export async function requestSyncs(
  db: Db,
  connections: readonly Pick<LockedConnection, 'integration_id' | 'platform'>[],
): Promise<AskedRun[]> {
  const ids = connections.map(({ integration_id }) => integration_id)
  const open = await db.query<AskedRun>(sql`
    select run_id, integration_id, status from sync_runs
    where tenant_id = ${actor().tenantId} and integration_id = any(${ids}::uuid[]) and kind = 'manual'
      and status = any(${OPEN_STATUSES}::text[])`)
  const known = new Map(open.map((run) => [run.integration_id, run]))
  const fresh = connections.filter(({ integration_id }) => !known.has(integration_id))
  for (const run of await addRuns(db, fresh)) known.set(run.integration_id, run)
  return ids.flatMap((id) => known.get(id) ?? [])
}

async function addRuns(
  db: Db,
  connections: readonly Pick<LockedConnection, 'integration_id' | 'platform'>[],
): Promise<AskedRun[]> {
  if (connections.length === 0) return []
  const { tenantId } = actor()
  const now = clock.now()
  const runs = connections.map(({ integration_id, platform }) => ({ run_id: uuidv7(), integration_id, platform }))
  await db.query(sql`
    insert into sync_runs (tenant_id, run_id, integration_id, kind, status, requested_at, requested_by)
    select ${tenantId}::uuid, run_id, integration_id, 'manual', 'waiting', ${now}::timestamptz, ${askedBy()}::uuid
    from jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) as r (run_id uuid, integration_id uuid)`)
  const ids = runs.map(({ integration_id }) => integration_id)
  await wantLease(db, ids)
  const messages = runs.flatMap(({ platform, ...ours }) =>
    syncMessages({ tenant_id: tenantId, platform, data: { ...ours, due_at: now.toISOString() } }),
  )
  await enqueue(db, messages)
  return runs.map(({ run_id, integration_id }) => ({ run_id, integration_id, status: 'waiting' }))
}
