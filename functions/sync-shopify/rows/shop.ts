import * as z from 'zod'
import type { Row } from '../../../shared/db/tables.ts'
import { Gid, numberOf, Text } from './scalars.ts'

export const Shop = z.object({
  id: Gid,
  name: Text,
  myshopifyDomain: z.string(),
  currencyCode: z.string(),
  ianaTimezone: z.string(),
  taxesIncluded: z.boolean(),
  plan: z.object({ publicDisplayName: z.string() }).nullable(),
})
export type Shop = z.output<typeof Shop>

export const shopRow = (shop: Shop, fetched_at: string): Row<'shops'> => ({
  shop_id: numberOf(shop.id),
  domain: shop.myshopifyDomain,
  name: shop.name,
  currency: shop.currencyCode,
  time_zone: shop.ianaTimezone,
  plan: shop.plan?.publicDisplayName ?? null,
  taxes_included: shop.taxesIncluded,
  fetched_at,
})
