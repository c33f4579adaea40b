import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { isMissing } from '../../shared/warehouse/dataset.ts'
import { insertRows } from '../../shared/warehouse/insert.ts'
import type { WarehouseRow, WarehouseTable } from '../../shared/warehouse/tables.ts'

/**
 * Appends the rows or throws, so that the delivery comes again: NOT_YET while the tenant is being provisioned; UNAVAILABLE
 * also for rows that BigQuery will never take, when the others are in. Such a delivery ends among the dead letters, its
 * reason in the log, from where it is replayed once row or schema is mended.
 */
export async function append<T extends WarehouseTable>(
  tenantId: string,
  table: T,
  rows: readonly WarehouseRow<T>[],
): Promise<void> {
  const { rejected } = await insertRows(tenantId, table, rows).catch((error: unknown) => explain(tenantId, error))
  const [first] = rejected
  if (!first) return
  const message = `BigQuery refuses ${rejected.length} row(s) of ${table}, the first because of ${first.reason}.`
  throw new AppError('UNAVAILABLE', message, { details: { key: first.key } })
}

async function explain(tenantId: string, error: unknown): Promise<never> {
  if (isMissing(error) && (await isProvisioning(tenantId)))
    throw new AppError('NOT_YET', 'The warehouse of this tenant is still being provisioned.', { cause: error })
  throw error
}

const isProvisioning = async (tenantId: string): Promise<boolean> => {
  const tenant = await transaction((db) =>
    db.one<{ status: string }>(sql`select status from tenants where id = ${tenantId}`),
  )
  return tenant?.status === 'provisioning'
}
