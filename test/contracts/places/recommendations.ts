import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId, brandId }: TestTenant): Promise<string> {
  const id = uuidv7()
  const body = {
    what_to_do: 'Lower it.',
    where: [],
    computed: 'By hand.',
    evidence: [{ days: 60 }],
    wrong_if: 'Never.',
  }
  await db.query(sql`
    insert into recommendations (tenant_id, recommendation_id, brand_id, kind, cause, title, body, expected_low_micros,
      expected_mid_micros, expected_high_micros, currency, basis, confidence, created_at, updated_at)
    values (${tenantId}, ${id}, ${brandId}, 'reduce_budget', ${id}, 'Lower a budget', ${JSON.stringify(body)}::jsonb, 1000000, 2000000,
      3000000, 'USD', 'revenue', 'medium', now(), now())`)
  return id
}
