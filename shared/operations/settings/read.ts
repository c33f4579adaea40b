import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { BRAND_SETTINGS, INHERITED, TENANT_SETTINGS, type Values } from './catalog.ts'

type Row = { name: string; value: unknown }
/** What is set, by name. */
export type Stored = ReadonlyMap<string, unknown>

const byName = (rows: readonly Row[]): Stored => new Map(rows.map(({ name, value }) => [name, value]))

export const storedOfTenant = async (db: Db): Promise<Stored> =>
  byName(await db.query<Row>(sql`select name, value from settings where tenant_id = ${actor().tenantId}`))

export const storedOfBrand = async (db: Db, brandId: string): Promise<Stored> =>
  byName(
    await db.query<Row>(
      sql`select name, value from brand_settings where tenant_id = ${actor().tenantId} and brand_id = ${brandId}`,
    ),
  )

/** The tenant's settings for product code; null where none is set. */
export async function readTenantSettings(db: Db): Promise<Values<typeof TENANT_SETTINGS>> {
  const stored = await storedOfTenant(db)
  const values = Object.keys(TENANT_SETTINGS).map((name) => [name, stored.get(name) ?? null])
  return Object.fromEntries(values) as Values<typeof TENANT_SETTINGS> // stored only after the catalogue took it
}

/** A brand's settings for product code, its tenant's where it has none of its own; null where neither is set. */
export async function readBrandSettings(db: Db, brandId: string): Promise<Values<typeof BRAND_SETTINGS>> {
  const [own, tenants] = await Promise.all([storedOfBrand(db, brandId), storedOfTenant(db)])
  const values = Object.keys(BRAND_SETTINGS).map((name) => [name, own.get(name) ?? inherited(tenants, name)])
  return Object.fromEntries(values) as Values<typeof BRAND_SETTINGS> // stored only after the catalogue took it
}

const inherited = (tenants: Stored, name: string): unknown => tenants.get(INHERITED[name] ?? '') ?? null

/** Each setting on the wire: `values` is what counts, `own` what was set here. */
export const settingsOnWire = <V extends object>(values: V, own: Stored) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, is_default: !own.has(name) }])) as {
    [N in keyof V]: { value: V[N]; is_default: boolean }
  } // name by name
