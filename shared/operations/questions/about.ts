import type { Context } from '../../ai/instructions.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { dayIn } from '../../units.ts'
import { noSuchBrand } from '../brands/brand.ts'

/** What a question is about, and the names of brands by id. `isConnected`: the one brand has, or had, a connection. */
export type About = Context & { names: ReadonlyMap<string, string>; isConnected: boolean }

/** A question about all brands names so many; the others are found by list_brands. */
const MAX_BRANDS = 50
type Row = { brand_id: string; name: string; time_zone: string; currency: string }
type Found = Row & { is_connected: boolean }

/** Throws NOT_FOUND for a brand that the tenant has not; the brand is kept from being deleted until the question is stored. */
export async function readAbout(db: Db, brandId: string | null): Promise<About> {
  const found = await db.query<Found>(sql`
    select brand_id, name, time_zone, currency, exists (select 1 from integrations i
      where i.tenant_id = brands.tenant_id and i.brand_id = brands.brand_id) as is_connected
    from brands where tenant_id = ${actor().tenantId} and (${brandId}::uuid is null or brand_id = ${brandId}::uuid)
    order by name, brand_id limit ${MAX_BRANDS} for key share`)
  if (brandId !== null && found.length === 0) throw noSuchBrand()
  const isConnected = brandId === null || found.some(({ is_connected }) => is_connected)
  const rows = found.map(({ is_connected: _, ...row }): Row => row)
  const [brand] = rows
  const today = dayIn(brandId === null ? 'UTC' : (brand?.time_zone ?? 'UTC'), clock.now())
  const about = JSON.stringify(brandId === null ? { brands: rows } : { brand })
  return { today, about, names: new Map(rows.map(({ brand_id, name }) => [brand_id, name])), isConnected }
}
