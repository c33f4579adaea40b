import { z } from 'zod'
import { unauthenticated } from '../../auth/access-token.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor, PERMISSIONS } from '../../tenant.ts'

type Row = {
  id: string
  email: string
  role: string
  tenant_id: string
  company_name: string
  subscription_tier: string
}

export const me = operation({
  name: 'me',
  description: 'Who is signed in, in which tenant, with which permissions.',
  http: { method: 'get', path: '/api/auth/me' },
  permission: 'authenticated',
  input: z.object({}),
  output: z.object({
    user: z.object({ id: z.uuid(), email: z.string(), role: z.string() }),
    tenant: z.object({ id: z.uuid(), company_name: z.string(), subscription_tier: z.string() }),
    permissions: z.array(z.enum(PERMISSIONS)),
  }),
  run: async () => {
    const { tenantId, userId, permissions } = actor()
    const row = await transaction((db) =>
      db.one<Row>(sql`
        select u.user_id as id, u.email, u.role, t.id as tenant_id, t.company_name, t.subscription_tier
        from users u join tenants t on t.id = u.tenant_id
        where u.tenant_id = ${tenantId} and u.user_id = ${userId}`),
    )
    if (!row) throw unauthenticated()
    const { tenant_id, company_name, subscription_tier, ...user } = row
    return { user, tenant: { id: tenant_id, company_name, subscription_tier }, permissions: [...permissions] }
  },
})
