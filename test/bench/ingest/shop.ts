import { createHmac } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { sql } from '../../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { Owner } from '../../../shared/db/upsert.ts'
import type { ConnectionContext, Page } from '../../../shared/sync/connector.ts'
import { sealCredentials } from '../../../shared/sync/credentials.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const ACCESS_TOKEN = 'bench'

/** A new tenant with one Shopify connection that is due. */
export async function connectShop(): Promise<Owner> {
  const { tenantId, brandId, integrationId } = await createTenant(`bench-${uuidv7()}`)
  await asSystem(tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      const sealed = await sealCredentials(await tenantKeys(db), integrationId, { access_token: ACCESS_TOKEN })
      await db.query(sql`update integrations set access_token_encrypted = ${sealed.access_token_encrypted}
        where tenant_id = ${tenantId} and integration_id = ${integrationId}`)
    }),
  )
  return { tenant_id: tenantId, brand_id: brandId, integration_id: integrationId }
}

/** The connector's own pages and rows, for contenders that only write. */
export function pagesOfShop({ tenant_id, brand_id }: Owner): AsyncIterable<Page> {
  const context: ConnectionContext = {
    tenantId: tenant_id,
    brandId: brand_id,
    accountId: 'bench.myshopify.com',
    currency: 'USD',
    timeZone: 'UTC',
    pseudonym: (id) => createHmac('sha256', ACCESS_TOKEN).update(id).digest('base64url'),
    now: () => new Date(),
    mayCall: async () => {},
  }
  const client = shopify.client({ access_token: ACCESS_TOKEN }, context)
  const stream = shopify.streams.find(({ name }) => name === 'orders')
  if (!stream) throw new Error('The connector has no stream of orders.')
  return stream.read(client, { since: null, until: context.now(), resume: null }, context)
}
