import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

/** An action that everybody who reads brands may approve. */
export async function make(db: Db, { tenantId }: TestTenant): Promise<string> {
  const actionId = uuidv7()
  await db.query(sql`insert into pending_actions (tenant_id, action_id, operation, input, asked_at, expires_at)
    values (${tenantId}, ${actionId}, 'list_brands', '{}', now(), now() + interval '7 days')`)
  return actionId
}
