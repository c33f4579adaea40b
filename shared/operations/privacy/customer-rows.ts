import { sql } from '../../db/sql.ts'
import { pseudonymsUnder, tenantKeys } from '../../db/tenant-keys.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'

/** The number in a customer's gid, as webhooks and the merchant's own pages call them. */
export type Customer = { brand_id: string; customer_id: string }

/** The pseudonym under which a sync stores the customer. Throws CRYPTO_REFUSED when the tenant's key was destroyed. */
export async function customerKeyOf(db: Db, customerId: string): Promise<string> {
  const pseudonym = pseudonymsUnder(await tenantKeys(db))
  return pseudonym(`gid://shopify/Customer/${customerId}`)
}

/** Orders of the customer, and the named ones, with their days. */
export async function ordersOf(
  db: Db,
  { brand_id, customer_key, order_ids }: { brand_id: string; customer_key: string; order_ids: readonly string[] },
): Promise<{ order_id: string; day: string }[]> {
  const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`
  return db.query(sql`
    select order_id, day from orders where ${own} and customer_key = ${customer_key}
    union
    select order_id, day from orders where ${own} and order_id = any(${order_ids}::text[])`)
}

/**
 * Locks the brand's shops until the transaction ends: a sync holds the same rows in each of its commits, so that what it
 * writes comes wholly before or wholly after.
 */
export async function holdShops(db: Db, brandId: string): Promise<void> {
  await db.query(sql`
    select integration_id from integrations
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and platform = 'shopify'
    order by integration_id for update`)
}
