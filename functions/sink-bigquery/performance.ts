import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { log } from '../../shared/log.ts'
import { gathering } from '../../shared/warehouse/gather.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

/** A backfill touches years at once; a month's rows fit in memory and in one statement. */
const DAYS_AT_ONCE = 31

/**
 * Appends the days as the read model holds them now, all rows of a day in one version. Delivered late or twice it appends
 * what is newest then, so that order does not matter, and what waits for one brand is read and appended together.
 */
export const sinkPerformance = ({ tenantId, data }: ReceivedEvent<'performance.updated'>): Promise<void> =>
  appendTogether(`${tenantId}/${data.brand_id}`, { tenantId, ...data })

type Days = { tenantId: string; brand_id: string; days: readonly string[] }

/** The store rows go last: they make a day's version count. */
const appendTogether = gathering<Days, void>(async (asked) => {
  const [{ tenantId, brand_id }] = asked
  const days = [...new Set(asked.flatMap((each) => each.days))].sort()
  for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
    const wanted = days.slice(from, from + DAYS_AT_ONCE)
    const rows = await readDays({ tenantId, brand_id, days: wanted })
    const [store, others] = [rows.filter((row) => row.part === 'store'), rows.filter((row) => row.part !== 'store')]
    await append(tenantId, 'unified_performance', others)
    await append(tenantId, 'unified_performance', store)
    warnOfMissingDays(wanted, store)
  }
})

type Row = WarehouseRow<'unified_performance'>

// BigQuery's NUMERIC holds nine decimals.
const readDays = ({ tenantId, brand_id, days }: { tenantId: string; brand_id: string; days: string[] }) =>
  transaction((db) =>
    db.query<Row>(sql`
      select brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, round(orders, 9) as orders, units,
        round(new_customers, 9) as new_customers, round(returning_customers, 9) as returning_customers, gross_micros,
        discounts_micros, returns_micros, adjustments_micros, net_micros, tax_micros, shipping_micros, spend_micros, impressions,
        clicks, round(claimed_conversions, 9) as claimed_conversions, claimed_value_micros, incomplete, version
      from unified_performance
      where tenant_id = ${tenantId} and brand_id = ${brand_id} and day = any(${days}::date[])
      order by day, part, model, ledger, bucket, provider, campaign_id`),
  )

/** Every day of the read model has a store row; without one nothing new counts. */
function warnOfMissingDays(wanted: readonly string[], store: readonly Row[]): void {
  const present = new Set(store.map((row) => row.day))
  const missing = wanted.filter((day) => !present.has(day))
  if (missing.length > 0)
    log('WARNING', 'The read model has no store row for these days; the warehouse keeps what it had.', {
      days: missing,
    })
}
