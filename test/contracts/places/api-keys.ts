import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId }: TestTenant): Promise<string> {
  const apiKeyId = uuidv7()
  await db.query(sql`insert into api_keys (tenant_id, api_key_id, name, secret_hash, scopes, created_by, created_at)
    values (${tenantId}, ${apiKeyId}, 'Nightly export', 'none', array['brands:read'], ${uuidv7()}, now())`)
  return apiKeyId
}
