import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId, integrationId }: TestTenant): Promise<string> {
  const runId = uuidv7()
  await db.query(sql`insert into sync_runs (tenant_id, run_id, integration_id, status, requested_at, started_at)
    values (${tenantId}, ${runId}, ${integrationId}, 'running', now(), now())`)
  return runId
}
