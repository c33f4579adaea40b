import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { FEATURE_FLAGS, type FeatureFlag, isFeatureFlag } from '../../feature-flags.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { text } from '../text.ts'
import { Flag } from './flag.ts'

export const updateFeatureFlag = operation({
  name: 'update_feature_flag',
  description: 'Switches a feature on or off for the whole tenant.',
  http: { method: 'put', path: ['/api/admin/feature-flags/{name}', '/mcp/admin/feature-flags/{name}'] },
  permission: 'admin:manage',
  input: z
    .object({ name: text(100).meta({ examples: ['mcp'] }), enabled: z.boolean() })
    .meta({ examples: [{ enabled: false }] }),
  output: z.object({ feature_flag: Flag }),
  run: async ({ name, enabled }) => {
    if (!isFeatureFlag(name)) throw new AppError('NOT_FOUND', 'There is no feature flag of this name.')
    await transaction((db) => save(db, name, enabled))
    return { feature_flag: { name, ...FEATURE_FLAGS[name], enabled, is_default: false } }
  },
})

async function save(db: Db, name: FeatureFlag, enabled: boolean): Promise<void> {
  const changed = await db.one<{ from: boolean | null }>(sql`
    insert into feature_flags as f (tenant_id, name, enabled, updated_at)
    values (${actor().tenantId}, ${name}, ${enabled}, ${clock.now()})
    on conflict (tenant_id, name) do update set enabled = excluded.enabled, updated_at = excluded.updated_at
    where f.enabled <> excluded.enabled
    returning old.enabled as "from"`)
  if (!changed) return
  const changes = { enabled: { from: changed.from ?? FEATURE_FLAGS[name].default, to: enabled } }
  await record(db, 'config.changed', { data: { what: 'feature_flag', subject_id: name, changes } })
}
