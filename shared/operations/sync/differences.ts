import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import type { Measure } from '../../sync/connector.ts'
import { actor } from '../../tenant.ts'
import { decimalFromMicros } from '../../units.ts'

export type DifferenceRow = {
  integration_id: string
  day: string
  measure: Measure
  ours: string
  theirs: string
  currency: string | null
}

/** Days of the last comparison on which a connection and its provider differ, beyond the tolerance. */
export const readDifferences = (db: Db, integrationIds: readonly string[]): Promise<DifferenceRow[]> =>
  db.query(sql`
    select integration_id, day, measure, ours, theirs, currency from reconciliations
    where tenant_id = ${actor().tenantId} and integration_id = any(${integrationIds}::uuid[]) and abs(ours - theirs) > tolerance
    order by day, measure`)

export const differenceOnWire = ({ integration_id: _, ours, theirs, ...row }: DifferenceRow) => {
  const shown = (value: string) =>
    row.measure === 'spend' ? decimalFromMicros(BigInt(value), row.currency ?? '') : value
  return { ...row, ours: shown(ours), theirs: shown(theirs) }
}
