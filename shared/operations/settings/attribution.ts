import { isDeepStrictEqual } from 'node:util'
import { WINDOW_DAYS } from '../../attribution/journey.ts'
import { USUAL } from '../../attribution/model.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { holdFigures, recomputeFigures } from '../brands/recompute.ts'
import { INHERITED } from './catalog.ts'
import { readBrandSettings } from './read.ts'

export type AttributionSettings = { windowDays: number; halfLifeDays: number }

/** What counts for the brand: its own, its tenant's, else what is usual. */
export async function readAttributionSettings(db: Db, brandId: string): Promise<AttributionSettings> {
  const { attribution_window_days, attribution_half_life_days } = await readBrandSettings(db, brandId)
  return {
    windowDays: attribution_window_days ?? WINDOW_DAYS,
    halfLifeDays: attribution_half_life_days ?? USUAL.halfLifeDays,
  }
}

const NAMES = ['attribution_window_days', 'attribution_half_life_days'] as const

/**
 * Makes the change. Brands to which it gives another window or half-life are held meanwhile, and credited anew from their
 * first day on.
 */
export async function changingAttribution(
  db: Db,
  { given, brandId }: { given: Readonly<Record<string, unknown>>; brandId: string | null },
  change: () => Promise<void>,
): Promise<void> {
  const names = NAMES.map((name) => (brandId === null ? (INHERITED[name] ?? name) : name))
  if (names.every((name) => given[name] === undefined)) return change()
  const brands = brandId === null ? await brandsOfTenant(db) : [brandId]
  for (const id of brands) await holdFigures(db, id)
  const read = () => Promise.all(brands.map((id) => readAttributionSettings(db, id)))
  const before = await read()
  await change()
  const after = await read()
  const differing = brands.filter((_, at) => !isDeepStrictEqual(before[at], after[at]))
  for (const id of differing) await recomputeFigures(db, { brandId: id, timeZone: null })
}

/** In the order in which all who hold several lock them. */
const brandsOfTenant = async (db: Db): Promise<string[]> => {
  const rows = await db.query<{ id: string }>(
    sql`select brand_id as id from brands where tenant_id = ${actor().tenantId} order by brand_id`,
  )
  return rows.map(({ id }) => id)
}
