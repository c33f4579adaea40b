import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { actor } from '../../shared/tenant.ts'

export type Brand = { brand_id: string; name: string; time_zone: string }

/** null: it was deleted. */
export const readBrand = (db: Db, brandId: string): Promise<Brand | null> =>
  db.one<Brand>(sql`
    select brand_id, name, time_zone from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId}`)

/** Causes that begin so and have an alert that is not resolved. */
export async function openCauses(db: Db, prefix: string): Promise<string[]> {
  const rows = await db.query<{ cause: string }>(sql`
    select cause from alerts
    where tenant_id = ${actor().tenantId} and starts_with(cause, ${prefix}) and status <> 'resolved' order by cause`)
  return rows.map(({ cause }) => cause)
}
