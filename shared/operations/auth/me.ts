import * as z from 'zod'
import { unauthenticated } from '../../auth/access-token.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor, PERMISSIONS } from '../../tenant.ts'
import { readTenantSettings } from '../settings/read.ts'

const Me = z.object({
  user: z.object({ id: z.uuid(), email: z.string(), role: z.string() }).nullable(),
  api_key: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  tenant: z.object({ id: z.uuid(), company_name: z.string(), subscription_tier: z.string() }),
  permissions: z.array(z.enum(PERMISSIONS)),
  branding: z
    .object({
      logo_url: z.string().nullable(),
      primary_color: z.string().nullable(),
      accent_color: z.string().nullable(),
    })
    .describe('How the tenant wants the dashboard to look; #rrggbb.'),
})
type Row = Omit<z.output<typeof Me>, 'permissions' | 'branding'>

export const me = operation({
  name: 'me',
  description: 'Who speaks, a person or an API key, in which tenant, with which permissions.',
  http: { method: 'get', path: '/api/auth/me' },
  permission: 'authenticated',
  surfaces: ['http'],
  input: z.object({}),
  output: Me,
  run: async () => {
    const { tenantId, userId, apiKeyId, permissions } = actor()
    const [row, { logo_url, primary_color, accent_color }] = await transaction((db) =>
      Promise.all([
        db.one<Row>(sql`
          select
            (select jsonb_build_object('id', user_id, 'email', email, 'role', role) from users
              where tenant_id = ${tenantId} and user_id = ${userId}) as "user",
            (select jsonb_build_object('id', api_key_id, 'name', name) from api_keys
              where tenant_id = ${tenantId} and api_key_id = ${apiKeyId}) as api_key,
            jsonb_build_object('id', id, 'company_name', company_name, 'subscription_tier', subscription_tier) as tenant
          from tenants where id = ${tenantId}`),
        readTenantSettings(db),
      ]),
    )
    if (!row?.user && !row?.api_key) throw unauthenticated()
    return { ...row, permissions: [...permissions], branding: { logo_url, primary_color, accent_color } }
  },
})
