import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TestTenant } from '../../support/tenants.ts'

export async function make(db: Db, { tenantId, brandId }: TestTenant): Promise<string> {
  const alertId = uuidv7()
  await db.query(sql`insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, title, message, raised_at)
    values (${tenantId}, ${alertId}, ${brandId}, 'sync_failed', ${alertId}, 'warning', 'Sync failed', 'Shopify refuses.', now())`)
  return alertId
}
