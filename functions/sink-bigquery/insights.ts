import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { log } from '../../shared/log.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

type Stored = Omit<WarehouseRow<'insights'>, 'written_at'> & { written_at: Date }

/** Appends the text as it is now, which may be later than the event's. */
export async function sinkInsight({ tenantId, data: { insight_id } }: ReceivedEvent<'insight.written'>): Promise<void> {
  const stored = await read(tenantId, insight_id)
  // Deleted with its brand; the fact itself is kept.
  if (!stored) return log('NOTICE', 'The insight is gone; its row is not appended.', { insight_id })
  await append(tenantId, 'insights', [{ ...stored, written_at: stored.written_at.toISOString() }])
}

/** Its version is the microsecond of writing; what a model has said of our sentences comes after them, also within their millisecond. */
const read = (tenantId: string, id: string): Promise<Stored | null> =>
  transaction((db) =>
    db.one<Stored>(sql`
      select insight_id, brand_id, day, recommendation_id, alert_id, written_by, reason, text, body::text as body, model, tokens_consumed,
        round(cost_usd, 9) as cost_usd, written_at,
        (extract(epoch from written_at) * 1e6)::bigint + (written_by = 'claude' or reason is not null)::int as version
      from insights where tenant_id = ${tenantId} and insight_id = ${id}`),
  )
