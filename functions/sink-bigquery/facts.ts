import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { insertRows } from '../../shared/warehouse/insert.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'

type StoredFact = Omit<WarehouseRow<'observability_events'>, 'timestamp'> & { timestamp: Date }

/**
 * Appends the fact as Postgres holds it: the message carries its data alone, not who did it, in which request and at what cost.
 * Throws UNAVAILABLE when Postgres does not show it.
 */
export async function sinkFact({ id, type, tenantId, occurredAt }: ReceivedEvent): Promise<void> {
  // ce-time is the row's own timestamp, and names the one partition to look in.
  const fact = await transaction((db) =>
    db.one<StoredFact>(sql`
      select event_id, class, event_type, "timestamp", brand_id, user_id, session_id, request_id, duration_ms, tokens_used, cost_usd,
        status, error_message, model_used, accuracy_score, metadata::text as metadata
      from observability_events
      where tenant_id = ${tenantId} and class = 'fact' and "timestamp" = ${occurredAt}::timestamptz and event_id = ${id}`),
  )
  if (!fact) throw new AppError('UNAVAILABLE', `The fact ${type} ${id} is not in observability_events.`)
  await insertRows(tenantId, 'observability_events', [{ ...fact, timestamp: fact.timestamp.toISOString() }])
}
