import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId, brandId }: TestTenant): Promise<string> {
  const id = uuidv7()
  await db.query(sql`
    insert into ai_questions (tenant_id, question_id, brand_id, question_text, question_category, asked_at)
    values (${tenantId}, ${id}, ${brandId}, 'How were sales?', 'sales', now())`)
  return id
}
