import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { requireZone } from '../brands/fields.ts'
import { changingAttribution } from './attribution.ts'
import { changingFields, TENANT_SETTINGS } from './catalog.ts'
import { TenantSettings } from './get.ts'
import { readTenantSettings, settingsOnWire, storedOfTenant } from './read.ts'
import { writeSettings } from './write.ts'

export const updateSettings = operation({
  name: 'update_settings',
  description: 'Sets the settings that are given; null returns one to its default; the others stay as they are.',
  http: { method: 'put', path: ['/api/admin/settings', '/mcp/admin/settings'] },
  permission: 'admin:manage',
  input: z.object(changingFields(TENANT_SETTINGS)).meta({
    examples: [
      {
        logo_url: 'https://cdn.example.com/logo.svg',
        primary_color: '#1f6feb',
        default_time_zone: 'Europe/Berlin',
        default_currency: 'EUR',
        default_lead_time_days: 14,
        ai_budget_per_month: { amount: '200.00', currency: 'USD' },
      },
    ],
  }),
  output: TenantSettings,
  run: (given) =>
    transaction(async (db) => {
      if (given.default_time_zone) await requireZone(db, given.default_time_zone, 'default_time_zone')
      await changingAttribution(db, { given, brandId: null }, () => writeSettings(db, given, null))
      const [values, own] = await Promise.all([readTenantSettings(db), storedOfTenant(db)])
      return { settings: settingsOnWire(values, own) }
    }),
})
