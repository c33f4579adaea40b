import { clock } from '../../clock.ts'
import { bumpDataVersion } from '../../db/data-version.ts'
import { type Sql, sql, trusted } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { actor } from '../../tenant.ts'

type Given = Readonly<Record<string, unknown>>
type Change = { name: string; from: unknown; to: unknown }

/**
 * Sets what has a value, unsets what is null, and leaves alone what is undefined: one row per setting, so that two who
 * change different ones at once lose nothing. Records what changed, if anything did.
 */
export async function writeSettings(db: Db, given: Given, brandId: string | null): Promise<void> {
  const changes = [...(await set(db, given, brandId)), ...(await unset(db, given, brandId))]
  if (changes.length === 0) return
  const data = {
    what: 'settings',
    subject_id: brandId,
    changes: Object.fromEntries(changes.map(({ name, from, to }) => [name, { from, to }])),
  }
  await bumpDataVersion(db, brandId)
  await record(db, 'config.changed', { data, ...(brandId !== null && { brandId }) })
}

const TENANTS = { table: trusted('settings'), columns: trusted('tenant_id'), key: trusted('tenant_id, name') }
const BRANDS = {
  table: trusted('brand_settings'),
  columns: trusted('tenant_id, brand_id'),
  key: trusted('tenant_id, brand_id, name'),
}

const ownerOf = (brandId: string | null): Sql =>
  brandId === null ? sql`${actor().tenantId}::uuid` : sql`${actor().tenantId}::uuid, ${brandId}::uuid`

/** By name, so that two who set the same ones lock them in the same order. */
async function set(db: Db, given: Given, brandId: string | null): Promise<Change[]> {
  const entries = Object.entries(given)
    .filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return []
  const { table, columns, key } = brandId === null ? TENANTS : BRANDS
  return db.query<Change>(sql`
    insert into ${table} as s (${columns}, name, value, updated_at)
    select ${ownerOf(brandId)}, name, value, ${clock.now()}::timestamptz
    from unnest(${entries.map(([name]) => name)}::text[], ${entries.map(([, value]) => JSON.stringify(value))}::jsonb[]) as g (name, value)
    on conflict (${key}) do update set value = excluded.value, updated_at = excluded.updated_at
    where s.value is distinct from excluded.value
    returning new.name, old.value as "from", new.value as "to"`)
}

async function unset(db: Db, given: Given, brandId: string | null): Promise<Change[]> {
  const names = Object.keys(given).filter((name) => given[name] === null)
  if (names.length === 0) return []
  const { table, columns } = brandId === null ? TENANTS : BRANDS
  return db.query<Change>(sql`
    delete from ${table} where (${columns}) = (${ownerOf(brandId)}) and name = any(${names}::text[])
    returning name, value as "from", null as "to"`)
}
