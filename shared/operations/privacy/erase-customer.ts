import * as z from 'zod'
import { rememberErased } from '../../db/erasures.ts'
import { sql } from '../../db/sql.ts'
import { touchDays } from '../../db/touched-days.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { noSuchBrand } from '../brands/brand.ts'
import { type Customer, customerKeyOf, holdShops, ordersOf } from './customer-rows.ts'

const Erased = z
  .object({
    orders: z.int().describe('Orders that no longer lead to the customer; their figures stay.'),
    touchpoints: z.int().describe('Visits before those orders, deleted.'),
    customers: z.int().describe('1 when the customer was known, else 0.'),
  })
  .meta({ examples: [{ orders: 3, touchpoints: 7, customers: 1 }] })
type Erased = z.output<typeof Erased>

export const eraseCustomerOperation = operation({
  name: 'erase_customer',
  description:
    'Erases a customer: their orders keep their figures but lose the customer and the visits, and no later sync brings the link back.',
  http: { method: 'post', path: '/api/privacy/customers/erase' },
  permission: 'admin:manage',
  input: z
    .object({
      brand_id: z.uuid(),
      customer_id: z
        .string()
        .regex(/^(gid:\/\/shopify\/Customer\/)?\d{1,20}$/, "Expected the shop's own id of the customer.")
        .describe("The shop's own id: digits, or gid://shopify/Customer/<digits>."),
    })
    .meta({ examples: [{ brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f', customer_id: '7061235269' }] }),
  output: Erased,
  run: ({ brand_id, customer_id }) =>
    transaction(async (db) => {
      const brand = await db.one(
        sql`select brand_id from brands where tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`,
      )
      if (!brand) throw noSuchBrand()
      return eraseCustomer(db, { brand_id, customer_id: customer_id.replace(/^.*\//, ''), source: 'admin' })
    }),
})

type Wanted = Customer & {
  /** Further orders whose buyer is to be forgotten, whoever it was. */
  order_ids?: readonly string[]
  /** Who asked. */
  source: string
  /** Of the request: asking again with the same key is one entry in the audit log. */
  key?: string
}

/**
 * Removes the customer and what leads from orders to them, and remembers the pseudonym, so that the next sync stores none
 * of it again. Figures stay; the days of the orders are made again, on which nobody is new or returning by them.
 */
export async function eraseCustomer(db: Db, { order_ids = [], ...wanted }: Wanted): Promise<Erased> {
  const { brand_id, source, key } = wanted
  const customer_key = await customerKeyOf(db, wanted.customer_id)
  await holdShops(db, brand_id)
  const orders = await ordersOf(db, { brand_id, customer_key, order_ids })
  // Before the rows: the attribution takes days first, too, and would otherwise wait for us while we wait for it.
  await touchDays(db, brand_id, [...new Set(orders.map(({ day }) => day))])
  await rememberErased(db, brand_id, { subject: 'customer', ids: [customer_key] })
  await rememberErased(db, brand_id, { subject: 'buyer', ids: order_ids })
  const ids = orders.map(({ order_id }) => order_id)
  const erased = { orders: orders.length, ...(await unlink(db, { brand_id, customer_key, ids })) }
  const details = { ...erased, source, brand_id }
  await record(db, 'admin.action', {
    data: { action: 'privacy.customer_erased', subject_id: customer_key, details },
    brandId: brand_id,
    ...(key !== undefined && { key }),
  })
  if (orders.length > 0) await record(db, 'rows.synced', { data: { brand_id } })
  return erased
}

type Unlinked = { brand_id: string; customer_key: string; ids: readonly string[] }

async function unlink(db: Db, { brand_id, customer_key, ids }: Unlinked): Promise<Omit<Erased, 'orders'>> {
  const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`
  const [, touchpoints, customers] = await Promise.all([
    db.query(
      sql`update orders set customer_key = null, journey = 'none' where ${own} and order_id = any(${ids}::text[])`,
    ),
    db.query(sql`delete from touchpoints where ${own} and order_id = any(${ids}::text[]) returning visit_id`),
    db.query(sql`delete from customers where ${own} and customer_key = ${customer_key} returning customer_key`),
  ])
  return { touchpoints: touchpoints.length, customers: customers.length }
}
