import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToConnection, Connection } from '../topic.ts'
import { removeOrders } from './deleted.ts'

const ORDERS_AT_ONCE = 2_000

/**
 * Erases what came from the shop, a part at a time: its orders with all that hangs on them, then customers without
 * orders, products, and how far the sync was. A shop that was installed again by then is read anew from its beginning.
 */
export const redactShop: ApplyToConnection = async (db, connection, { delivery_id }) => {
  const { brand_id, integration_id } = connection
  await stopSync(db, connection)
  const ids = await someOrders(db, connection)
  await removeOrders(db, connection, ids)
  if (ids.length > 0) await record(db, 'rows.synced', { data: { brand_id } })
  if (ids.length === ORDERS_AT_ONCE) return 'more'
  await forgetShop(db, connection)
  const data = { action: 'privacy.shop_erased', subject_id: integration_id, details: { brand_id } }
  await record(db, 'admin.action', { data, brandId: brand_id, key: delivery_id })
  return undefined
}

/** A sync that runs at this moment is refused its next write: it would go on where there is nothing before it. */
async function stopSync(db: Db, { integration_id }: Connection): Promise<void> {
  await db.query(sql`
    update integrations set lease_fence = lease_fence + 1, lease_until = null
    where tenant_id = ${actor().tenantId} and integration_id = ${integration_id}`)
}

async function someOrders(db: Db, { brand_id, integration_id }: Connection): Promise<string[]> {
  const rows = await db.query<{ order_id: string }>(sql`
    select order_id from orders
    where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and integration_id = ${integration_id}
    limit ${ORDERS_AT_ONCE}`)
  return rows.map(({ order_id }) => order_id)
}

async function forgetShop(db: Db, { brand_id, integration_id, account_id }: Connection): Promise<void> {
  const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`
  await db.query(sql`
    delete from customers c where ${own} and not exists (select from orders o
      where o.tenant_id = c.tenant_id and o.brand_id = c.brand_id and o.customer_key = c.customer_key)`)
  // Products do not say of which shop they are: those of a brand with a second shop stay; nobody's person is in them.
  await db.query(sql`
    delete from products where ${own} and not exists (select from integrations
      where ${own} and platform = 'shopify' and integration_id <> ${integration_id})`)
  await db.query(sql`
    delete from sync_state where tenant_id = ${actor().tenantId} and integration_id = ${integration_id}`)
  await db.query(sql`
    update integrations set account_name = ${account_id}, sync_error_code = null, sync_error_message = null
    where tenant_id = ${actor().tenantId} and integration_id = ${integration_id}`)
}
