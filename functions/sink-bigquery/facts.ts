import { validate as isUuid } from 'uuid'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { PERSONAL_KEYS } from '../../shared/warehouse/erase-user.ts'
import { gathering } from '../../shared/warehouse/gather.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

type StoredFact = Omit<WarehouseRow<'observability_events'>, 'timestamp'> & { timestamp: Date }

/**
 * Appends the fact as Postgres holds it: the message carries its data alone, not who did it, in which request and at what cost.
 * Throws UNAVAILABLE when Postgres does not show it.
 */
export async function sinkFact(event: ReceivedEvent): Promise<void> {
  const { id, type, tenantId } = event
  const fact = (await readTogether(tenantId, event)).get(id)
  if (!fact) throw new AppError('UNAVAILABLE', `The fact ${type} ${id} is not in observability_events.`)
  await append(tenantId, 'observability_events', [{ ...fact, timestamp: fact.timestamp.toISOString() }])
}

/** Facts of one tenant, by id; of an erased person without what is personal, however late they come. */
const readTogether = gathering<ReceivedEvent, ReadonlyMap<string, StoredFact>>(async (events) => {
  const [{ tenantId }] = events
  // ce-time is the row's own timestamp, and names the one partition to look in.
  const times = [...new Set(events.map(({ occurredAt }) => occurredAt))]
  const ids = events.map(({ id }) => id).filter(isUuid) // one that is none must not fail the others
  const facts = await transaction((db) =>
    db.query<StoredFact>(sql`
      select event_id, class, event_type, "timestamp", brand_id, e.user_id, case when erased_at is null then session_id end as session_id,
        request_id, duration_ms, tokens_used, cost_usd, e.status, error_message, model_used, accuracy_score,
        (case when erased_at is null then metadata else metadata - ${[...PERSONAL_KEYS]}::text[] end)::text as metadata
      from observability_events e left join users u on u.tenant_id = e.tenant_id and u.user_id = e.user_id
      where e.tenant_id = ${tenantId} and class = 'fact' and "timestamp" = any(${times}::timestamptz[])
        and event_id = any(${ids}::uuid[])`),
  )
  return new Map(facts.map((fact) => [fact.event_id, fact]))
})
