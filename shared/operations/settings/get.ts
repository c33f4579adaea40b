import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { shownFields, TENANT_SETTINGS } from './catalog.ts'
import { readTenantSettings, settingsOnWire, storedOfTenant } from './read.ts'

export const TenantSettings = z.object({ settings: z.object(shownFields(TENANT_SETTINGS)) })

export const getSettings = operation({
  name: 'get_settings',
  description: 'Every setting of the tenant: the value that counts, and whether it is the default. Null: not set.',
  http: { method: 'get', path: ['/api/admin/settings', '/mcp/admin/settings'] },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: z.object({}),
  output: TenantSettings,
  run: () =>
    transaction(async (db) => {
      const [values, own] = await Promise.all([readTenantSettings(db), storedOfTenant(db)])
      return { settings: settingsOnWire(values, own) }
    }),
})
