import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { append } from './append.ts'

const WITHOUT_MODEL = { tokens_used: null, cost_usd: null, model_used: null, accuracy_score: null }

/** A batch's message carries all that its rows hold, so Postgres is not asked. */
export async function sinkTelemetry({ tenantId, data }: ReceivedEvent<'telemetry.batch'>): Promise<void> {
  const rows = data.events.map((event) => ({
    ...event,
    ...WITHOUT_MODEL,
    class: 'telemetry',
    metadata: JSON.stringify(event.metadata),
  }))
  await append(tenantId, 'observability_events', rows)
}
