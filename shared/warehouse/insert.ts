import { nowText } from '../clock.ts'
import { AppError } from '../errors.ts'
import { log } from '../log.ts'
import { ownDataset } from './dataset.ts'
import { batches, type Encoded, encode } from './encode.ts'
import { gathering } from './gather.ts'
import { type Failure, sendBatch, type Target } from './send.ts'
import type { WarehouseRow, WarehouseTable } from './tables.ts'

/** `reason` is BigQuery's own. The row is not in the warehouse and will not be without a change of row or schema. */
export type RejectedRow = { key: string; reason: string }
export type Inserted = { inserted: number; rejected: RejectedRow[] }

/**
 * Appends rows to a table of the actor's tenant, together with what others append to it at the same time. The same key and
 * version has the same insertId, so repeating is harmless: BigQuery drops most copies, the views the rest. A row that
 * BigQuery will never take is logged and reported, the others go on. A missing table is made. Throws UNAVAILABLE when some
 * of these rows may be taken later; then insert all of them again.
 */
export async function insertRows<T extends WarehouseTable>(
  tenantId: string,
  table: T,
  rows: readonly WarehouseRow<T>[],
): Promise<Inserted> {
  const dataset = await ownDataset(tenantId)
  if (rows.length === 0) return { inserted: 0, rejected: [] }
  const recordedAt = nowText()
  const encoded = rows.map((row) => encode(table, { recorded_at: recordedAt, ...row }))
  const failures = await sendTogether(`${dataset.id}.${table}`, { target: { dataset, table }, rows: encoded })
  const own = encoded.flatMap((row) => failures.get(row.insertId) ?? [])
  const passing = own.filter(({ lasting }) => !lasting)
  if (passing.length > 0) throw new AppError('UNAVAILABLE', `BigQuery left out ${passing.length} row(s) of ${table}.`)
  const rejected = own.map(({ row, reason }) => ({ key: row.key, reason }))
  for (const { key, reason } of rejected)
    log('ERROR', 'BigQuery refuses a row; it is left out.', { table, key, reason })
  return { inserted: rows.length - rejected.length, rejected }
}

type Asked = { target: Target; rows: readonly Encoded[] }

/** By insertId, what was not taken. All of one key have one target. */
const sendTogether = gathering<Asked, ReadonlyMap<string, Failure>>(async (asked) => {
  const [{ target }] = asked
  const failures = new Map<string, Failure>()
  for (const batch of batches(asked.flatMap(({ rows }) => rows)))
    for (const failure of await sendBatch(target, batch)) failures.set(failure.row.insertId, failure)
  return failures
})
