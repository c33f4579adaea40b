import * as z from 'zod'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { requireBrand } from '../brands/brand.ts'
import { BRAND_SETTINGS, shownFields } from './catalog.ts'
import { readBrandSettings, settingsOnWire, storedOfBrand } from './read.ts'

export const BrandSettings = z.object({ settings: z.object(shownFields(BRAND_SETTINGS)) })

export const getBrandSettings = operation({
  name: 'get_brand_settings',
  description:
    'Costs, lead times and budgets of a brand that no connection tells: the value that counts, and whether it is the default. Null: not set.',
  http: { method: 'get', path: '/api/brands/{id}/settings' },
  permission: 'brands:read',
  input: z.object({ id: z.uuid() }),
  output: BrandSettings,
  run: ({ id }) =>
    transaction(async (db) => {
      await requireBrand(db, id)
      return showBrandSettings(db, id)
    }),
})

export async function showBrandSettings(db: Db, brandId: string): Promise<z.input<typeof BrandSettings>> {
  const [values, own] = await Promise.all([readBrandSettings(db, brandId), storedOfBrand(db, brandId)])
  return { settings: settingsOnWire(values, own) }
}
