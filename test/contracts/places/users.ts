import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId }: TestTenant): Promise<string> {
  const userId = uuidv7()
  await db.query(sql`insert into users (tenant_id, user_id, email, role, created_at)
    values (${tenantId}, ${userId}, ${`${userId}@example.com`}, 'analyst', now())`)
  return userId
}
