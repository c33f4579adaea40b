import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { PLATFORM_TENANT_ID, TIERS } from '../../tenant.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const PlatformTenant = z.object({
  id: z.uuid(),
  company_name: z.string(),
  subscription_tier: z.enum(TIERS),
  status: z.enum(['provisioning', 'active', 'suspended', 'deleting']),
  created_at: Instant,
  erase_after: Instant.nullable().describe('Of a tenant that is being deleted.'),
  users: z.int().describe('Active ones.'),
  brands: z.int(),
  connections: z.record(z.string(), z.int()).describe('By status.'),
})

type Row = Omit<z.output<typeof PlatformTenant>, 'created_at' | 'erase_after'> & {
  created_at: Date
  erase_after: Date | null
}
export type PlatformTenantRow = Row

/** Tenants with counts, which are made for the rows of the page alone. */
export const tenantsWhere = (condition: Sql): Sql => sql`
  select t.id, t.company_name, t.subscription_tier, t.status, t.created_at, t.erase_after,
    (select count(*)::int from users u where u.tenant_id = t.id and u.is_active) as users,
    (select count(*)::int from brands b where b.tenant_id = t.id) as brands,
    (select coalesce(jsonb_object_agg(c.status, c.n), '{}') from
      (select i.status, count(*) as n from integrations i where i.tenant_id = t.id group by i.status) c) as connections
  from tenants t where t.id <> ${PLATFORM_TENANT_ID} and ${condition}`

export const tenantOnWire = ({ created_at, erase_after, ...row }: Row) => ({
  ...row,
  created_at: created_at.toISOString(),
  erase_after: instantOrNull(erase_after),
})
