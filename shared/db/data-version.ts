import { actor, tenantKey } from '../tenant.ts'
import { sql } from './sql.ts'
import { type Db, inOneTrip, transaction } from './transaction.ts'

/** Stands for what concerns every brand of the tenant. */
const EVERY_BRAND = '00000000-0000-0000-0000-000000000000'

/** `version` only grows; `time_zone` of the brand, null when the version is the whole tenant's or the brand is not there. */
export type DataVersion = { version: bigint; time_zone: string | null }

/** In the transaction that changes what answers about the brand are computed from; null: about every brand of the tenant. */
export async function bumpDataVersion(db: Db, brandId: string | null): Promise<void> {
  await db.query(sql`
    insert into data_versions as d (tenant_id, brand_id, version)
    values (${actor().tenantId}, ${brandId ?? EVERY_BRAND}, 1)
    on conflict (tenant_id, brand_id) do update set version = d.version + 1`)
}

const versionOf = (brandId: string | null) => sql`
  select coalesce(sum(version), 0)::bigint as version,
    (select time_zone from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId}::uuid) as time_zone
  from data_versions where tenant_id = ${actor().tenantId}
    and (${brandId}::uuid is null or brand_id in (${brandId}::uuid, ${EVERY_BRAND}::uuid))`

type Reading = { running: Promise<DataVersion>; next: Promise<DataVersion> | null }
const readings = new Map<string, Reading>()

/**
 * The version of a brand's data (null: of all the tenant's), never older than this call. Who comes while a read is under
 * way shares the next one, since the one under way may have looked before.
 */
export function dataVersion(brandId: string | null): Promise<DataVersion> {
  const key = tenantKey('version', actor().tenantId, brandId ?? EVERY_BRAND)
  const reading = readings.get(key)
  if (!reading) return start(key, brandId)
  reading.next ??= reading.running.then(
    () => start(key, brandId),
    () => start(key, brandId),
  )
  return reading.next
}

function start(key: string, brandId: string | null): Promise<DataVersion> {
  const running = inOneTrip<DataVersion>(versionOf(brandId)).then(([row]) => row ?? { version: 0n, time_zone: null })
  const reading: Reading = { running, next: null }
  readings.set(key, reading)
  const done = () => {
    if (reading.next === null) readings.delete(key)
  }
  running.then(done, done)
  return running
}

/** As one database knows it now: whether a replica has caught up with the primary. */
export const hasDataVersion = (brandId: string | null, wanted: bigint): Promise<boolean> =>
  transaction(async (db) => ((await db.one<DataVersion>(versionOf(brandId)))?.version ?? 0n) >= wanted)
