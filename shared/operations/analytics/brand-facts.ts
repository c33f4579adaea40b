import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { noSuchBrand } from '../brands/brand.ts'

/** `pending_since`: the day of the oldest order of the last weeks whose journey the shop has not told yet. */
export type BrandFacts = { time_zone: string; currency: string; pending_since: string | null }

const PENDING_SINCE = sql`(
  select min(o.day) from orders o where o.tenant_id = b.tenant_id and o.brand_id = b.brand_id and o.journey = 'pending')`

/** Throws NOT_FOUND. */
export async function readBrandFacts(db: Db, brandId: string): Promise<BrandFacts> {
  const brand = await db.one<BrandFacts>(sql`
    select time_zone, currency, ${PENDING_SINCE} as pending_since
    from brands b where tenant_id = ${actor().tenantId} and brand_id = ${brandId}`)
  if (!brand) throw noSuchBrand()
  return brand
}

/** Of every brand of the tenant, by its id. */
export async function readFactsOfBrands(db: Db): Promise<ReadonlyMap<string, BrandFacts>> {
  const brands = await db.query<BrandFacts & { brand_id: string }>(sql`
    select brand_id, time_zone, currency, ${PENDING_SINCE} as pending_since
    from brands b where tenant_id = ${actor().tenantId}`)
  return new Map(brands.map((brand) => [brand.brand_id, brand]))
}
