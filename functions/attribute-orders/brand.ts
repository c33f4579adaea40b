import { figuresLock } from '../../shared/db/figures-lock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { actor } from '../../shared/tenant.ts'

/** Named like the columns, so that every statement leads with tenant and brand. */
export type Brand = { tenant_id: string; brand_id: string; currency: string; time_zone: string }

/**
 * Takes the brand until the transaction ends: one worker at a time. Never waits. Read only once it is held, by a statement
 * of its own: whoever changes currency or zone holds it too, and what was read before could be the old one.
 */
export async function holdBrand(db: Db, brand_id: string): Promise<Brand | 'busy' | 'gone'> {
  const { tenantId: tenant_id } = actor()
  const [lock, found] = await Promise.all([
    db.one<{ held: boolean }>(sql`select pg_try_advisory_xact_lock(${figuresLock(brand_id)}) as held`),
    db.one<Pick<Brand, 'currency' | 'time_zone'>>(
      sql`select currency, time_zone from brands where tenant_id = ${tenant_id} and brand_id = ${brand_id}`,
    ),
  ])
  if (!found) return 'gone'
  return lock?.held ? { tenant_id, brand_id, ...found } : 'busy'
}
