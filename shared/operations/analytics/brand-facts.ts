import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { noSuchBrand } from '../brands/brand.ts'

/** `pending_since`: the day of the oldest order of the last weeks whose journey the shop has not told yet. */
export type BrandFacts = { time_zone: string; currency: string; pending_since: string | null }

/** Throws NOT_FOUND. */
export async function readBrandFacts(db: Db, brandId: string): Promise<BrandFacts> {
  const { tenantId } = actor()
  const brand = await db.one<BrandFacts>(sql`
    select time_zone, currency, (select min(day) from orders o where o.tenant_id = ${tenantId} and o.brand_id = ${brandId}
      and o.journey = 'pending') as pending_since
    from brands where tenant_id = ${tenantId} and brand_id = ${brandId}`)
  if (!brand) throw noSuchBrand()
  return brand
}
