import { v7 as uuidv7 } from 'uuid'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { type Actor, ROLES, runAs, systemActor } from '../../shared/tenant.ts'

export type TestTenant = { tenantId: string; brandId: string; integrationId: string }

type Wanted = { platform?: 'shopify' | 'meta'; accountId?: string; currency?: string; timeZone?: string }

/** A tenant with one brand and one connection, made as the app itself makes them. */
export async function createTenant(name: string, wanted: Wanted = {}): Promise<TestTenant> {
  const ids = { tenantId: uuidv7(), brandId: uuidv7(), integrationId: uuidv7() }
  const { platform = 'shopify', accountId = `${name}.myshopify.com`, currency = 'USD', timeZone = 'UTC' } = wanted
  await asSystem(ids.tenantId, () =>
    transaction(async (db) => {
      const now = new Date()
      await db.query(sql`insert into tenants (id, company_name, created_at) values (${ids.tenantId}, ${name}, ${now})`)
      await db.query(sql`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
        values (${ids.tenantId}, ${ids.brandId}, ${`${name} brand`}, ${timeZone}, ${currency}, ${now})`)
      await db.query(sql`insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at)
        values (${ids.tenantId}, ${ids.brandId}, ${ids.integrationId}, ${platform}, ${accountId}, ${name}, ${now}, ${now})`)
    }),
  )
  return ids
}

/** Runs as the platform's own work within the tenant. */
export const asSystem = <T>(tenantId: string, work: () => T): T =>
  runAs(systemActor(tenantId, 'test', 'test-request'), work)

/** Runs as a person of the tenant with this role. */
export const asUser = <T>(user: { tenantId: string; userId: string; role: keyof typeof ROLES }, work: () => T): T => {
  const actor: Actor = {
    tenantId: user.tenantId,
    userId: user.userId,
    name: user.role,
    permissions: new Set(ROLES[user.role]),
    sessionId: null,
    apiKeyId: null,
    tier: null,
    requestId: 'test-request',
  }
  return runAs(actor, work)
}
