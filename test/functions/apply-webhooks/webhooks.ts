import { v7 as uuidv7 } from 'uuid'
import { applyWebhook } from '../../../functions/apply-webhooks/apply.ts'
import { pseudonymsUnder, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { EventData } from '../../../shared/events/catalog.ts'
import type { TestDatabase } from '../../support/database.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'
import { deliverTo, delivery } from '../evaluate-alerts/deliveries.ts'

type Told = Partial<EventData<'webhook.received'>> & { topic: string }

/** One delivery as the function that takes webhooks hands it on. */
export const webhook = (tenant: TestTenant, told: Told, time?: string) =>
  delivery('webhook.received', {
    tenantId: tenant.tenantId,
    ...(time !== undefined && { time }),
    data: {
      source: 'shopify',
      delivery_id: uuidv7(),
      integration_id: tenant.integrationId,
      brand_id: tenant.brandId,
      triggered_at: null,
      subject: {},
      ...told,
    },
  })

export const apply = deliverTo('apply-webhooks', { 'webhook.received': applyWebhook })

/** The pseudonym under which the tenant's syncs store a customer. */
export const customerKey = (tenant: TestTenant, customerId: string): Promise<string> =>
  asSystem(tenant.tenantId, () =>
    transaction(async (db) => pseudonymsUnder(await tenantKeys(db))(`gid://shopify/Customer/${customerId}`)),
  )

export const connectionOf = async (database: TestDatabase, { integrationId }: TestTenant) =>
  (
    await database.asAdmin<{
      status: string
      next_due_at: Date
      lease_fence: string
      access_token_encrypted: string | null
    }>(
      'select status, next_due_at, lease_fence, access_token_encrypted, refresh_token_encrypted from integrations where integration_id = $1',
      [integrationId],
    )
  )[0]

/** Facts of the tenant by type, as they were recorded. */
export const factsOf = async (database: TestDatabase, { tenantId }: TestTenant, type: string) =>
  (
    await database.asAdmin<{ metadata: unknown }>(
      'select metadata from observability_events where tenant_id = $1 and event_type = $2 order by "timestamp"',
      [tenantId, type],
    )
  ).map(({ metadata }) => metadata)

export const countOf = async (database: TestDatabase, table: string, { tenantId }: TestTenant): Promise<number> =>
  Number(
    (await database.asAdmin<{ count: string }>(`select count(*) from ${table} where tenant_id = $1`, [tenantId]))[0]
      ?.count,
  )
