import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { requireBrand } from '../brands/brand.ts'
import { changingAttribution } from './attribution.ts'
import { BRAND_SETTINGS, changingFields } from './catalog.ts'
import { BrandSettings, showBrandSettings } from './get-of-brand.ts'
import { writeSettings } from './write.ts'

export const updateBrandSettings = operation({
  name: 'update_brand_settings',
  description: 'Sets what is given of a brand; null returns a setting to its default; the others stay as they are.',
  http: { method: 'patch', path: '/api/brands/{id}/settings' },
  permission: 'brands:write',
  input: z.object({ ...changingFields(BRAND_SETTINGS), id: z.uuid() }).meta({
    examples: [
      {
        lead_time_days: 21,
        lead_time_sd_days: 4,
        shipping_cost_per_order: { amount: '4.50', currency: 'EUR' },
        payment_fee_percent: 1.9,
        payment_fee_per_order: { amount: '0.25', currency: 'EUR' },
        ad_budget_per_month: { meta: { amount: '12000', currency: 'EUR' } },
      },
    ],
  }),
  output: BrandSettings,
  run: ({ id, ...given }) =>
    transaction(async (db) => {
      await changingAttribution(db, { given, brandId: id }, async () => {
        await requireBrand(db, id)
        await writeSettings(db, given, id)
      })
      return showBrandSettings(db, id)
    }),
})
