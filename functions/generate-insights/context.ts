import type { Context } from '../../shared/ai/instructions.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { noSuchBrand } from '../../shared/operations/brands/brand.ts'
import { actor } from '../../shared/tenant.ts'
import { dayIn } from '../../shared/units.ts'

type Brand = { brand_id: string; name: string; time_zone: string; currency: string }

/** What a text is about: its brand and, as data, `more`. Throws NOT_FOUND. */
export async function contextOf(brandId: string, more: object = {}): Promise<Context> {
  const brand = await transaction((db) =>
    db.one<Brand>(sql`
      select brand_id, name, time_zone, currency from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId}`),
  )
  if (!brand) throw noSuchBrand()
  return { today: dayIn(brand.time_zone, clock.now()), about: JSON.stringify({ brand, ...more }) }
}
