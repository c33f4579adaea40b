import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { FEATURE_FLAGS } from '../../feature-flags.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { Flag } from './flag.ts'

export const listFeatureFlags = operation({
  name: 'list_feature_flags',
  description: 'What can be switched for this tenant, and how it is.',
  http: { method: 'get', path: ['/api/admin/feature-flags', '/mcp/admin/feature-flags'] },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: z.object({}),
  output: z.object({ feature_flags: z.array(Flag) }),
  run: async () => {
    const rows = await transaction((db) =>
      db.query<{ name: string; enabled: boolean }>(
        sql`select name, enabled from feature_flags where tenant_id = ${actor().tenantId}`,
      ),
    )
    const set = new Map(rows.map(({ name, enabled }) => [name, enabled]))
    const feature_flags = Object.entries(FEATURE_FLAGS).map(([name, flag]) => ({
      name,
      ...flag,
      enabled: set.get(name) ?? flag.default,
      is_default: !set.has(name),
    }))
    return { feature_flags }
  },
})
