import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { TIERS } from '../../tenant.ts'
import { operate } from './operate.ts'
import { PlatformTenant, type PlatformTenantRow, tenantOnWire, tenantsWhere } from './tenant.ts'

export const updateTenant = operation({
  name: 'update_tenant',
  description: 'Suspends a tenant, takes it back, or changes its tier.',
  http: { method: 'patch', path: ['/api/admin/platform/tenants/{id}', '/mcp/admin/platform/tenants/{id}'] },
  permission: 'platform:manage',
  input: z
    .object({
      id: z.uuid(),
      status: z.enum(['active', 'suspended']).optional(),
      subscription_tier: z.enum(TIERS).optional(),
    })
    .meta({ examples: [{ subscription_tier: 'pro' }] }),
  output: z.object({ tenant: PlatformTenant }),
  run: async ({ id, status = null, subscription_tier = null }) => {
    const details = { ...(status && { status }), ...(subscription_tier && { subscription_tier }) }
    const row = await operate({ action: 'platform.tenant_changed', subjectId: id, details }, async (db) => {
      const before = await read(db, id)
      if (!before) throw new AppError('NOT_FOUND', 'There is no such tenant.')
      await db.query(sql`
        update tenants set status = coalesce(${status}, status), subscription_tier = coalesce(${subscription_tier}, subscription_tier)
        where id = ${id} and status in ('active', 'suspended')`)
      const after = await read(db, id)
      if (after?.status === 'active' || after?.status === 'suspended') return after
      throw new AppError('CONFLICT', `Only active and suspended tenants are changed; this one is ${before.status}.`)
    })
    return { tenant: tenantOnWire(row) }
  },
})

const read = (db: Db, id: string): Promise<PlatformTenantRow | null> => db.one(tenantsWhere(sql`t.id = ${id}`))
