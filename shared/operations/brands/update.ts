import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { violates } from '../../db/violation.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { Brand, type BrandRow, brandOnWire, noSuchBrand } from './brand.ts'
import { Currency, Name, nameTaken, ONE_NAME, requireZone, ShopUrl, TimeZone } from './fields.ts'
import { holdFigures, recomputeFigures } from './recompute.ts'

const Changes = z.object({
  name: Name.optional(),
  shopify_store_url: ShopUrl.nullable().optional(),
  time_zone: TimeZone.optional(),
  currency: Currency.optional(),
})
type Changes = z.output<typeof Changes>

export const updateBrand = operation({
  name: 'update_brand',
  description:
    'Changes what is given of a brand. With another time zone or currency all its figures are computed anew, which takes a while.',
  http: { method: 'patch', path: '/api/brands/{id}' },
  permission: 'brands:write',
  input: Changes.extend({ id: z.uuid() }).meta({
    examples: [{ name: 'Northwind Outdoor', time_zone: 'America/New_York', currency: 'USD' }],
  }),
  output: z.object({ brand: Brand }),
  run: async ({ id, ...changes }) => {
    try {
      return { brand: brandOnWire(await transaction((db) => update(db, id, changes))) }
    } catch (error) {
      throw violates(error, ONE_NAME) ? nameTaken() : error
    }
  },
})

async function update(db: Db, id: string, changes: Changes): Promise<BrandRow> {
  const movesFigures = changes.time_zone !== undefined || changes.currency !== undefined
  if (movesFigures) await holdFigures(db, id)
  const before = await db.one<BrandRow>(sql`
    select brand_id as id, name, shopify_store_url, time_zone, currency, created_at from brands
    where tenant_id = ${actor().tenantId} and brand_id = ${id} for update`)
  if (!before) throw noSuchBrand()
  const after = { ...before, ...given(changes) }
  const differing = differences(before, after)
  if (Object.keys(differing).length === 0) return before
  if (differing.time_zone) await requireZone(db, after.time_zone)
  await db.query(sql`
    update brands set name = ${after.name}, shopify_store_url = ${after.shopify_store_url}, time_zone = ${after.time_zone},
      currency = ${after.currency}
    where tenant_id = ${actor().tenantId} and brand_id = ${id}`)
  if (differing.time_zone || differing.currency)
    await recomputeFigures(db, { brandId: id, timeZone: differing.time_zone ? after.time_zone : null })
  await record(db, 'config.changed', { data: { what: 'brand', subject_id: id, changes: differing }, brandId: id })
  return after
}

const given = ({ name, shopify_store_url, time_zone, currency }: Changes) => ({
  ...(name !== undefined && { name }),
  ...(shopify_store_url !== undefined && { shopify_store_url }),
  ...(time_zone !== undefined && { time_zone }),
  ...(currency !== undefined && { currency }),
})

const FIELDS = ['name', 'shopify_store_url', 'time_zone', 'currency'] as const

const differences = (before: BrandRow, after: BrandRow) =>
  Object.fromEntries(
    FIELDS.filter((field) => before[field] !== after[field]).map((field) => [
      field,
      { from: before[field], to: after[field] },
    ]),
  )
