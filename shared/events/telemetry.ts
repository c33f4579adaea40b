import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { publish } from '../cloud/pubsub.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
import { logError } from '../log.ts'
import { actor, PLATFORM_TENANT_ID, runAs, systemActor } from '../tenant.ts'
import { unorderedId } from '../unordered-id.ts'
import { EVENTS_TOPIC, type TelemetryEvent } from './catalog.ts'
import { envelope } from './record.ts'

/** A hard kill loses at most this many events, or this age of them, per instance. A request makes two or three. */
export const FLUSH_AT_EVENTS = 300
export const FLUSH_AT_MS = 5_000
/** While Postgres cannot be reached, the oldest beyond this are given up. */
export const KEEP_AT_MOST = 3_000

type Gathered = TelemetryEvent & { tenant_id: string }
let gathered: Gathered[] = []
let oldestAt = 0

type Telemetry = Omit<TelemetryEvent, 'event_id' | 'timestamp' | 'user_id' | 'session_id' | 'request_id'>

/** Notes one telemetry event of the current actor; it is written with the next flush. */
export function note(event: Telemetry): void {
  const { tenantId, userId, sessionId, requestId } = actor()
  if (gathered.length === 0) oldestAt = Date.now()
  const envelopeFields = {
    event_id: unorderedId(),
    timestamp: clock.now().toISOString(),
    user_id: userId,
    session_id: sessionId,
    request_id: requestId,
  }
  gathered.push({ ...event, ...envelopeFields, tenant_id: tenantId })
}

/** Awaited inside a request, since the CPU is off between requests: flushes when enough has gathered or waited. */
export async function flushIfDue(): Promise<void> {
  if (gathered.length >= FLUSH_AT_EVENTS || (gathered.length > 0 && Date.now() - oldestAt >= FLUSH_AT_MS))
    await flushTelemetry()
}

/** One insert for all tenants by the insert-only role, one message per tenant. On failure the events are kept for the next flush. */
export async function flushTelemetry(): Promise<void> {
  if (gathered.length === 0) return
  const batch = gathered
  gathered = []
  try {
    await runAs(systemActor(PLATFORM_TENANT_ID, 'telemetry', uuidv7()), () => insert(batch))
  } catch (error) {
    gathered = [...batch, ...gathered].slice(-KEEP_AT_MOST)
    logError('Telemetry could not be written; it is kept for the next flush.', error)
  }
}

async function insert(batch: readonly Gathered[]): Promise<void> {
  const messages = [...Map.groupBy(batch, (event) => event.tenant_id)].map(([tenantId, events]) => ({
    id: uuidv7(),
    tenantId,
    attributes: {} as Record<string, string>,
    data: JSON.stringify({ events: events.map(({ tenant_id: _, ...event }) => event) }),
  }))
  for (const message of messages) {
    const { id, tenantId } = message
    message.attributes = envelope({ id, type: 'telemetry.batch', tenantId, eventClass: 'telemetry', time: clock.now() })
  }
  await transaction(
    async (db) => {
      await db.query(sql`
        insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", brand_id, user_id, session_id,
          request_id, duration_ms, status, error_message, metadata)
        select tenant_id, event_id, 'telemetry', event_type, "timestamp", brand_id, user_id, session_id, request_id, duration_ms,
          status, error_message, metadata
        from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as r (tenant_id uuid, event_id uuid, event_type text,
          "timestamp" timestamptz, brand_id uuid, user_id uuid, session_id uuid, request_id text, duration_ms double precision,
          status text, error_message text, metadata jsonb)`)
      db.afterCommit(() => publish(EVENTS_TOPIC, messages))
    },
    { role: 'pulsepoint_events' },
  )
}
