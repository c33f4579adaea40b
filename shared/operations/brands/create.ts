import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { readTenantSettings } from '../settings/read.ts'
import { Brand, type BrandRow, brandOnWire } from './brand.ts'
import { Currency, Name, nameTaken, requireZone, ShopUrl, TimeZone } from './fields.ts'

const Input = z
  .object({
    name: Name,
    shopify_store_url: ShopUrl.nullable().default(null),
    time_zone: TimeZone.optional().meta({ description: 'IANA name; default: the setting default_time_zone.' }),
    currency: Currency.optional().meta({ description: 'ISO 4217; default: the setting default_currency.' }),
  })
  .meta({
    examples: [
      {
        name: 'Northwind Outdoor',
        shopify_store_url: 'https://northwind.myshopify.com',
        time_zone: 'America/New_York',
        currency: 'USD',
      },
    ],
  })

export const createBrand = operation({
  name: 'create_brand',
  description: 'Creates a brand. Its name is unique within the tenant: a second one is 409.',
  http: { method: 'post', path: '/api/brands', status: 201 },
  permission: 'brands:write',
  input: Input,
  output: z.object({ brand: Brand }),
  run: (input) =>
    transaction(async (db) => {
      const row = await insert(db, { ...input, ...(await zoneAndCurrency(db, input)) })
      const { id, created_at: _, ...fields } = row
      const changes = Object.fromEntries(Object.entries(fields).map(([field, to]) => [field, { from: null, to }]))
      await record(db, 'config.changed', { data: { what: 'brand', subject_id: id, changes }, brandId: id })
      return { brand: brandOnWire(row) }
    }),
})

type Placed = { time_zone: string; currency: string }

/** What the request leaves out is the tenant's default; what neither names is an error. */
async function zoneAndCurrency(db: Db, input: z.output<typeof Input>): Promise<Placed> {
  const defaults = input.time_zone && input.currency ? null : await readTenantSettings(db)
  const time_zone = input.time_zone ?? defaults?.default_time_zone
  const currency = input.currency ?? defaults?.default_currency
  if (!time_zone) throw fieldErrors({ time_zone: ['Give one, or set default_time_zone in the settings.'] })
  if (!currency) throw fieldErrors({ currency: ['Give one, or set default_currency in the settings.'] })
  await requireZone(db, time_zone)
  return { time_zone, currency }
}

async function insert(db: Db, brand: Placed & { name: string; shopify_store_url: string | null }): Promise<BrandRow> {
  const row = await db.one<BrandRow>(sql`
    insert into brands (tenant_id, brand_id, name, shopify_store_url, time_zone, currency, created_at)
    values (${actor().tenantId}, ${uuidv7()}, ${brand.name}, ${brand.shopify_store_url}, ${brand.time_zone},
      ${brand.currency}, ${clock.now()})
    on conflict (tenant_id, name) do nothing
    returning brand_id as id, name, shopify_store_url, time_zone, currency, created_at`)
  if (!row) throw nameTaken()
  return row
}
