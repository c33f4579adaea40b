import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { log } from '../../shared/log.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

type Row = WarehouseRow<'recommendations'>
type Instants = 'created_at' | 'decided_at' | 'outcome_measured_at'
type Stored = Omit<Row, Instants> & { created_at: Date; decided_at: Date | null; outcome_measured_at: Date | null }
type Change = 'generated' | 'accepted' | 'dismissed' | 'expired' | 'measured'

/** Appends the recommendation as it is now, which may be later than the event; its version is the microsecond of its last change. */
export async function sinkRecommendation({
  tenantId,
  data: { recommendation_id },
}: ReceivedEvent<`recommendation.${Change}`>): Promise<void> {
  const stored = await read(tenantId, recommendation_id)
  // Deleted with its brand; the fact itself is kept.
  if (!stored) return log('NOTICE', 'The recommendation is gone; its row is not appended.', { recommendation_id })
  const { created_at, decided_at, outcome_measured_at, ...rest } = stored
  const row: Row = {
    ...rest,
    created_at: created_at.toISOString(),
    decided_at: decided_at?.toISOString() ?? null,
    outcome_measured_at: outcome_measured_at?.toISOString() ?? null,
  }
  await append(tenantId, 'recommendations', [row])
}

const read = (tenantId: string, id: string): Promise<Stored | null> =>
  transaction((db) =>
    db.one<Stored>(sql`
      select recommendation_id, brand_id, kind, cause, status, title, body::text as body, currency, basis, confidence,
        expected_low_micros, expected_mid_micros, expected_high_micros, created_at, decided_at, outcome_measured_at,
        ((outcome #>> '{before,spend}')::numeric * 1e6)::bigint as spend_before_micros,
        ((outcome #>> '{after,spend}')::numeric * 1e6)::bigint as spend_after_micros,
        ((outcome #>> '{before,credited_net}')::numeric * 1e6)::bigint as credited_before_micros,
        ((outcome #>> '{after,credited_net}')::numeric * 1e6)::bigint as credited_after_micros,
        (extract(epoch from greatest(updated_at, decided_at, outcome_measured_at)) * 1e6)::bigint as version
      from recommendations where tenant_id = ${tenantId} and recommendation_id = ${id}`),
  )
