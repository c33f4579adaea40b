import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'
import type { Provider } from './connector.ts'

type Of = { integration_id: string; platform: string }
/** Days [since, until) in the brand's zone. */
type Days = { since: string; until: string }

/** Adds a backfill and asks for it, in the same transaction. Null: another one of the connection is not over. */
export async function askBackfill(
  db: Db,
  of: Of,
  { requestedBy, ...days }: Days & { requestedBy: string | null },
): Promise<string | null> {
  const added = await db.one<{ run_id: string }>(sql`
    insert into sync_runs (tenant_id, run_id, integration_id, kind, status, requested_at, requested_by, range_since, range_until)
    values (${actor().tenantId}, ${uuidv7()}, ${of.integration_id}, 'backfill', 'waiting', ${clock.now()}, ${requestedBy},
      ${days.since}, ${days.until})
    on conflict do nothing returning run_id`)
  if (!added) return null
  await wakeBackfill(db, of, { ...added, ...days })
  return added.run_id
}

/** Asks the connector's worker for a backfill that waits. */
export async function wakeBackfill(
  db: Db,
  { integration_id, platform }: Of,
  run: Days & { run_id: string },
): Promise<void> {
  const type = `sync.backfill.${platform as Provider}` as const // a connection's platform is one of them
  await record(db, type, { data: { integration_id, ...run } })
}
