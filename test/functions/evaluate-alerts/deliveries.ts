import type { CloudEvent } from '@google-cloud/functions-framework'
import { v7 as uuidv7 } from 'uuid'
import { clock } from '../../../shared/clock.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { EventData, EventType } from '../../../shared/events/catalog.ts'
import { type Handlers, handleEvent } from '../../../shared/events/on-event.ts'
import { type RecordOptions, record } from '../../../shared/events/record.ts'
import type { TestDatabase } from '../../support/database.ts'
import { asSystem } from '../../support/tenants.ts'

export type Delivery = CloudEvent<unknown>

/** Moves the product's clock to this instant; it goes on from there. */
export function setClock(instant: string | Date): void {
  process.env.CLOCK_OFFSET_MS = String(new Date(instant).getTime() - Date.now())
  forgetConfig()
}

type Envelope = { id?: string; time?: string }

/** An event as Pub/Sub delivers it. */
export const delivery = <T extends EventType>(
  type: T,
  of: { tenantId: string; data: EventData<T> } & Envelope,
): Delivery => ({
  specversion: '1.0',
  id: of.id ?? uuidv7(),
  type,
  source: '//pulsepoint/test',
  time: of.time ?? clock.now().toISOString(),
  tenantid: of.tenantId,
  data: of.data,
})

/** Records a fact as the product does and gives it as Pub/Sub delivers it. */
export async function recordedFact<T extends EventType>(
  database: TestDatabase,
  type: T,
  fact: { tenantId: string; data: EventData<T> } & RecordOptions,
): Promise<Delivery> {
  const { tenantId, ...given } = fact
  const id = await asSystem(tenantId, () => transaction((db) => record(db, type, given)))
  const [row] = await database.asAdmin<{ timestamp: Date }>(
    'select "timestamp" from observability_events where event_id = $1',
    [id],
  )
  return delivery(type, { tenantId, data: fact.data, id, time: row?.timestamp.toISOString() ?? '' })
}

/** Delivers to the function's handlers; rejects when Pub/Sub would deliver again. */
export const deliverTo =
  (name: string, handlers: Handlers) =>
  (event: Delivery): Promise<void> =>
    handleEvent(name, handlers, event)

/** As Pub/Sub's worst day: eight at the same time, then whatever failed again until it is taken. */
export async function deliverEightfold(deliver: (event: Delivery) => Promise<void>, event: Delivery): Promise<void> {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => deliver(event)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') await deliver(event)
}
