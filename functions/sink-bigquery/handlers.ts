import { CATALOG, type EventType } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { sinkAlert } from './alerts.ts'
import { sinkFact } from './facts.ts'
import { sinkPerformance } from './performance.ts'
import { sinkTelemetry } from './telemetry.ts'

const types = Object.keys(CATALOG) as EventType[] // the keys of that literal
const facts = types.filter((type) => CATALOG[type].class === 'fact')

/** Every fact there is, telemetry, and the daily read model; an alert's facts also carry its row over. */
export const handlers: Handlers = {
  ...Object.fromEntries(facts.map((type) => [type, sinkFact])),
  'alert.raised': async (event) => {
    await sinkFact(event)
    await sinkAlert(event)
  },
  'alert.resolved': async (event) => {
    await sinkFact(event)
    await sinkAlert(event)
  },
  'telemetry.batch': sinkTelemetry,
  'performance.updated': sinkPerformance,
}
