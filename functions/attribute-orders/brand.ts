import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { actor } from '../../shared/tenant.ts'

/** Named like the columns, so that every statement leads with tenant and brand. */
export type Brand = { tenant_id: string; brand_id: string; currency: string }

/**
 * Takes the brand until the transaction ends: one worker at a time. Never waits. Nested loops are off from here on:
 * Postgres multiplies the selectivities of tenant and brand, expects one row where there are thousands, and would
 * join 5,000 orders in minutes instead of milliseconds.
 */
export async function holdBrand(db: Db, brand_id: string): Promise<Brand | 'busy' | 'gone'> {
  const { tenantId: tenant_id } = actor()
  const [found] = await Promise.all([
    db.one<{ currency: string; held: boolean }>(sql`
      select currency, pg_try_advisory_xact_lock(hashtextextended(${`attribute-orders:${tenant_id}:${brand_id}`}, 0)) as held
      from brands where tenant_id = ${tenant_id} and brand_id = ${brand_id}`),
    db.query(sql`select set_config('enable_nestloop', 'off', true)`),
  ])
  if (!found) return 'gone'
  return found.held ? { tenant_id, brand_id, currency: found.currency } : 'busy'
}
