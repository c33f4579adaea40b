import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { customerKeyOf, ordersOf } from '../../../shared/operations/privacy/customer-rows.ts'
import { eraseCustomer } from '../../../shared/operations/privacy/erase-customer.ts'
import { DAY_MS } from '../../../shared/sync/connector.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToConnection } from '../topic.ts'

/** Shopify's time limit for answering. */
const ANSWER_WITHIN_DAYS = 30

/** Leaves an open request in the audit log for the tenant's admins, with what we hold: counts under a pseudonym, no names. */
export const recordDataRequest: ApplyToConnection = async (db, { brand_id }, webhook) => {
  const { customer_id, order_ids = [], data_request_id = null } = webhook.subject
  if (customer_id === undefined) return undefined
  const customer_key = await customerKeyOf(db, customer_id)
  const orders = await ordersOf(db, { brand_id, customer_key, order_ids })
  const ids = orders.map(({ order_id }) => order_id)
  const days = orders.map(({ day }) => day).sort()
  const details = {
    status: 'open',
    brand_id,
    data_request_id,
    answer_until: new Date(Date.parse(webhook.occurredAt) + ANSWER_WITHIN_DAYS * DAY_MS).toISOString(),
    held: { orders: ids.length, ...(await countsOf(db, brand_id, ids)) },
    first_order_day: days[0] ?? null,
    last_order_day: days.at(-1) ?? null,
  }
  const data = { action: 'privacy.data_requested', subject_id: customer_key, details }
  await record(db, 'admin.action', { data, brandId: brand_id, key: webhook.delivery_id })
  return undefined
}

async function countsOf(db: Db, brandId: string, ids: readonly string[]): Promise<Record<string, number>> {
  const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${brandId} and order_id = any(${ids}::text[])`
  const row = await db.one<{ lines: bigint; refunds: bigint; visits: bigint }>(sql`
    select (select count(*) from order_lines where ${own}) as lines, (select count(*) from refunds where ${own}) as refunds,
      (select count(*) from touchpoints where ${own}) as visits`)
  return {
    order_lines: Number(row?.lines ?? 0),
    refunds: Number(row?.refunds ?? 0),
    touchpoints: Number(row?.visits ?? 0),
  }
}

export const redactCustomer: ApplyToConnection = async (db, { brand_id }, { subject, delivery_id }) => {
  const { customer_id, order_ids = [] } = subject
  if (customer_id === undefined) return undefined
  await eraseCustomer(db, { brand_id, customer_id, order_ids, source: 'shopify customers/redact', key: delivery_id })
  return undefined
}
