import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId }: TestTenant): Promise<string> {
  const sessionId = uuidv7()
  const userId = uuidv7()
  await db.query(sql`insert into users (tenant_id, user_id, email, hashed_password, created_at)
    values (${tenantId}, ${userId}, ${`${userId}@example.com`}, 'none', now())`)
  await db.query(sql`insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
    values (${tenantId}, ${sessionId}, ${userId}, 'none', now(), now() + interval '1 day')`)
  return sessionId
}
