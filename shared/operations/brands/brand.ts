import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import { Instant } from '../wire.ts'

export const Brand = z
  .object({
    id: z.uuid(),
    name: z.string(),
    shopify_store_url: z.string().nullable(),
    time_zone: z.string().describe('IANA name; days are counted in it.'),
    currency: z.string().describe('ISO 4217; amounts are reported in it.'),
    created_at: Instant,
  })
  .meta({
    examples: [
      {
        id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        name: 'Northwind Outdoor',
        shopify_store_url: 'https://northwind.myshopify.com',
        time_zone: 'America/New_York',
        currency: 'USD',
        created_at: '2026-03-01T09:30:00.000Z',
      },
    ],
  })

export type BrandRow = {
  id: string
  name: string
  shopify_store_url: string | null
  time_zone: string
  currency: string
  created_at: Date
}

export const brandOnWire = (row: BrandRow): z.input<typeof Brand> => ({
  ...row,
  created_at: row.created_at.toISOString(),
})

/** Another tenant's brand and one that does not exist are the same. */
export const noSuchBrand = (): AppError => new AppError('NOT_FOUND', 'There is no brand with this id.')

/** Throws NOT_FOUND unless the tenant has this brand, and keeps it from being deleted until the transaction ends. */
export async function requireBrand(db: Db, brandId: string): Promise<void> {
  const found = await db.one(sql`
    select brand_id from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId} for key share`)
  if (!found) throw noSuchBrand()
}
