import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'

export type Written = {
  insight_id: string
  brand_id: string | null
  day: string
  recommendation_id: string | null
  alert_id: string | null
  written_by: 'template' | 'claude'
}
export const WRITTEN = sql`insight_id, brand_id, day, recommendation_id, alert_id, written_by`

/** Tells, in the transaction that writes it, that a text is there or has become another. */
export const recordWritten = (db: Db, { brand_id, ...data }: Written): Promise<string> =>
  record(db, 'insight.written', { data, ...(brand_id && { brandId: brand_id }) })
