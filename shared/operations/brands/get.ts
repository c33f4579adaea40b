import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { Brand, type BrandRow, brandOnWire, noSuchBrand } from './brand.ts'

export const getBrand = operation({
  name: 'get_brand',
  description: 'One brand: its name, shop, time zone and currency.',
  http: { method: 'get', path: '/api/brands/{id}' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ brand: Brand }),
  run: async ({ id }) => {
    const row = await transaction((db) =>
      db.one<BrandRow>(sql`
        select brand_id as id, name, shopify_store_url, time_zone, currency, created_at from brands
        where tenant_id = ${actor().tenantId} and brand_id = ${id}`),
    )
    if (!row) throw noSuchBrand()
    return { brand: brandOnWire(row) }
  },
})
