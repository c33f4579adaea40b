import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { CATALOG, type EventData, isEventType, type ReceivedEvent } from '../events/catalog.ts'
import type { OutboxRow } from '../events/publish.ts'
import { envelope } from '../events/record.ts'
import type { Provider } from './connector.ts'

export const RUN_KINDS = ['hourly', 'manual', 'backfill'] as const
export type RunKind = (typeof RUN_KINDS)[number]

export type SyncRequested = ReceivedEvent<`sync.requested.${Provider}`>
export type BackfillRequested = ReceivedEvent<`sync.backfill.${Provider}`>
/** What wakes a connector's worker. */
export type WorkRequested = SyncRequested | BackfillRequested

export const isBackfill = (event: WorkRequested): event is BackfillRequested => event.type.startsWith('sync.backfill.')

export function kindOf(event: WorkRequested): RunKind {
  if (isBackfill(event)) return 'backfill'
  return event.data.run_id === undefined ? 'hourly' : 'manual'
}

const RUN_NAMESPACE = 'b3f1a6f0-7f0e-5c5e-8f3e-0d9c1b7a2e44'

/** Of the run that the event belongs to; an hour's is made of its connection and time, so that every delivery finds it. */
export function runIdOf(event: WorkRequested): string {
  if (isBackfill(event)) return event.data.run_id
  const { integration_id, due_at, run_id } = event.data
  return run_id ?? uuidv5(`${integration_id}:${due_at}`, RUN_NAMESPACE)
}

type Asked = { tenant_id: string; platform: string; data: EventData<'sync.requested.shopify'> }

/** The message that asks for a sync, for the outbox; none for a platform without a connector. */
export function syncMessages({ tenant_id, platform, data }: Asked): OutboxRow[] {
  const type = `sync.requested.${platform}`
  if (!isEventType(type)) return []
  const id = uuidv7()
  const attributes = envelope({ id, type, tenantId: tenant_id, eventClass: CATALOG[type].class, time: clock.now() })
  return CATALOG[type].topics.map((topic) => ({
    tenant_id,
    event_id: id,
    topic,
    attributes,
    data,
    publish_after: null,
  }))
}
