import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { readDays } from '../../../shared/operations/brands/dashboard-read.ts'
import { brandId, LAST_DAY, orderId, ROWS_A_TENANT, tenantId } from './data.ts'

/** Reads of one tenant, each with the tenant as a predicate of its own, as the product writes them. */
export const QUERIES: Readonly<Record<string, (db: Db, tenant: number) => Promise<unknown[]>>> = {
  'dashboard, 30 days': (db, tenant) => readDays(db, brandId(tenant), { since: '2026-10-21', until: LAST_DAY }),
  'orders by day, 30 days': (db, tenant) =>
    db.query(sql`select day, count(*) as orders, sum(gross_micros)::bigint as gross from orders
      where tenant_id = ${tenantId(tenant)} and brand_id = ${brandId(tenant)} and day >= ${'2026-10-21'}::date and day < ${LAST_DAY}::date
      group by day order by day`),
  'one order by its key': (db, tenant) =>
    db.query(sql`select * from orders where tenant_id = ${tenantId(tenant)} and brand_id = ${brandId(tenant)}
      and order_id = ${orderId(tenant % ROWS_A_TENANT)}`),
  'a page of 50 alerts': (db, tenant) =>
    db.query(sql`select alert_id, rule, severity, status, title, message, details, raised_at from alerts
      where tenant_id = ${tenantId(tenant)} order by raised_at desc, alert_id desc limit ${51}`),
}
