import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { type Sql, sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'
import { CATALOG, type EventData, type EventType, type FactType, parseEventData } from './catalog.ts'
import { type OutboxRow, publishOutbox } from './publish.ts'

const EVENT_NAMESPACE = '6f8b3c1e-1f2d-5a77-9b0a-8d5f4f4f2a10'

export type RecordOptions = {
  /** The event's natural key: recording the same key twice is one event. */
  key?: string
  /** Pipeline messages only: not to be published before this. */
  at?: Date
  brandId?: string
  userId?: string
  status?: 'success' | 'failure' | 'partial'
  durationMs?: number
  errorMessage?: string
  tokensUsed?: number
  /** A decimal; absent: nothing was paid, or the price is unknown. */
  costUsd?: string
  modelUsed?: string
}

type Given<T extends EventType> = { data: EventData<T> } & RecordOptions

/**
 * Writes an event in the transaction of what it describes and publishes it once that is committed. Facts also go to
 * observability_events. What a crash leaves unpublished, relay-events publishes. Returns the event's id.
 */
export async function record<T extends EventType>(db: Db, type: T, given: Given<T>): Promise<string> {
  const { id, lock, insert, publishing } = eventOf(type, given)
  const locked = lock && db.query(lock)
  const inserted = db.query(insert)
  const [rows] = await Promise.all([inserted, locked])
  publishing(db, rows)
  return id
}

/** As record(), for what a transaction does last: it goes out with the commit. */
export function recordLast<T extends EventType>(db: Db, type: T, given: Given<T>): void {
  const { lock, insert, publishing } = eventOf(type, given)
  if (lock) db.last(lock)
  db.last(insert, (rows) => publishing(db, rows))
}

type Recording = {
  id: string
  /** To be sent ahead of the insert: of two at once with the same key the second waits, and then sees the first. */
  lock: Sql | null
  insert: Sql
  /** Given what the insert returned. */
  publishing: (db: Db, rows: readonly unknown[]) => void
}

function eventOf<T extends EventType>(type: T, given: Given<T>): Recording {
  const { tenantId } = actor()
  const { key, at = null } = given
  const data = parseEventData(type, given.data)
  const id = key === undefined ? uuidv7() : uuidv5(`${tenantId}:${type}:${key}`, EVENT_NAMESPACE)
  const { class: eventClass, topics } = CATALOG[type]
  const time = clock.now()
  const attributes = envelope({ id, type, tenantId, eventClass, time })
  const message = { tenant_id: tenantId, event_id: id, attributes, data, publish_after: at }
  const outbox = topics.map((topic) => ({ ...message, topic }))
  const publish = (db: Db): void => db.afterCommit(() => publishOutbox(outbox))
  if (eventClass !== 'fact') return { id, lock: null, insert: inOutbox(outbox), publishing: publish }
  return {
    id,
    lock: key === undefined ? null : sql`select pg_advisory_xact_lock(hashtextextended(${id}, 1))`,
    insert: factAndOutbox({ id, type: type as FactType, time, given }, outbox), // of the catalogue's class
    publishing: (db, rows) => {
      if (rows.length > 0) publish(db)
    },
  }
}

/** Puts messages into the outbox, to be published once the transaction is committed. */
export async function enqueue(db: Db, rows: readonly OutboxRow[]): Promise<void> {
  await db.query(inOutbox(rows))
  db.afterCommit(() => publishOutbox(rows))
}

const inOutbox = (rows: readonly OutboxRow[]): Sql => sql`
  insert into outbox (tenant_id, event_id, topic, attributes, data, publish_after)
  select tenant_id, event_id, topic, attributes, data, publish_after
  from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (tenant_id uuid, event_id uuid, topic text, attributes jsonb,
    data jsonb, publish_after timestamptz)
  on conflict do nothing`

type Envelope = { id: string; type: string; tenantId: string; eventClass: string; time: Date }

/** CloudEvents 1.0 in the Pub/Sub binding, binary mode; without Content-Type the framework answers 500 for ever. */
export const envelope = ({ id, type, tenantId, eventClass, time }: Envelope): Record<string, string> => ({
  'Content-Type': 'application/json',
  'ce-id': id,
  'ce-type': type,
  'ce-source': `//pulsepoint/${config('GOOGLE_CLOUD_PROJECT')}`,
  'ce-specversion': '1.0',
  'ce-time': time.toISOString(),
  'ce-tenantid': tenantId,
  'ce-class': eventClass,
})

type Fact = { id: string; type: FactType; time: Date; given: { data: object } & RecordOptions }

/** Returns nothing, and queues nothing, when this very fact is already there (its natural key came a second time). */
function factAndOutbox({ id, type, time, given }: Fact, outbox: readonly OutboxRow[]): Sql {
  const { tenantId, userId, sessionId, requestId, apiKeyId } = actor()
  const metadata = { ...given.data, ...(apiKeyId !== null && { api_key_id: apiKeyId }) }
  return sql`
    with fact as (
      insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", brand_id, user_id, session_id,
        request_id, duration_ms, tokens_used, cost_usd, model_used, status, error_message, metadata)
      select ${tenantId}::uuid, ${id}::uuid, 'fact', ${type}, ${time}::timestamptz, ${given.brandId ?? null}::uuid,
        ${given.userId ?? userId}::uuid, ${sessionId}::uuid, ${requestId}, ${given.durationMs ?? null}::double precision,
        ${given.tokensUsed ?? null}::bigint, ${given.costUsd ?? null}::numeric, ${given.modelUsed ?? null}::text,
        ${given.status ?? 'success'}, ${given.errorMessage ?? null}, ${JSON.stringify(metadata)}::jsonb
      where not exists (select 1 from observability_events
        where tenant_id = ${tenantId} and event_id = ${id} and class = 'fact' and ${given.key !== undefined})
      returning event_id),
    queued as (
      insert into outbox (tenant_id, event_id, topic, attributes, data, publish_after)
      select r.tenant_id, r.event_id, topic, attributes, data, publish_after
      from fact, jsonb_to_recordset(${JSON.stringify(outbox)}::jsonb) as r (tenant_id uuid, event_id uuid, topic text,
        attributes jsonb, data jsonb, publish_after timestamptz)
      on conflict do nothing)
    select event_id from fact`
}
