import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { actor } from '../../shared/tenant.ts'

/** Named like the columns, so that every statement leads with tenant and brand. */
export type Brand = { tenant_id: string; brand_id: string; currency: string }

/** Takes the brand until the transaction ends: one worker at a time. Never waits. */
export async function holdBrand(db: Db, brand_id: string): Promise<Brand | 'busy' | 'gone'> {
  const { tenantId: tenant_id } = actor()
  const found = await db.one<{ currency: string; held: boolean }>(sql`
    select currency, pg_try_advisory_xact_lock(hashtextextended(${`attribute-orders:${tenant_id}:${brand_id}`}, 0)) as held
    from brands where tenant_id = ${tenant_id} and brand_id = ${brand_id}`)
  if (!found) return 'gone'
  return found.held ? { tenant_id, brand_id, currency: found.currency } : 'busy'
}
