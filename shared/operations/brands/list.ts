import { z } from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Brand, type BrandRow, brandOnWire } from './brand.ts'

/** Postgres takes no NUL in text. */
const Key = z.tuple([z.string().refine((name) => !name.includes('\0')), z.uuid()])

export const listBrands = operation({
  name: 'list_brands',
  description: 'Brands of this tenant, by name.',
  http: { method: 'get', path: '/api/brands' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: PageInput,
  output: z.object({ brands: z.array(Brand), next_cursor: NextCursor }),
  run: async ({ limit, cursor }) => {
    const after = decodeCursor(Key, cursor)
    const found = await transaction((db) =>
      db.query<BrandRow>(sql`
        select brand_id as id, name, shopify_store_url, time_zone, currency, created_at from brands
        where tenant_id = ${actor().tenantId}
          and (${after === null} or (name, brand_id) > (${after?.[0] ?? ''}, ${after?.[1] ?? null}::uuid))
        order by name, brand_id limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.name, row.id])
    return { brands: rows.map(brandOnWire), next_cursor }
  },
})
