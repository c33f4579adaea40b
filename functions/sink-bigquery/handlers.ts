import { CATALOG, type EventType, type ReceivedEvent } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { sinkAlert } from './alerts.ts'
import { sinkFact } from './facts.ts'
import { sinkInsight } from './insights.ts'
import { sinkPerformance } from './performance.ts'
import { sinkRecommendation } from './recommendations.ts'
import { sinkTelemetry } from './telemetry.ts'
import { sinkTokenUsage } from './token-usage.ts'

const types = Object.keys(CATALOG) as EventType[] // the keys of that literal
const facts = types.filter((type) => CATALOG[type].class === 'fact')

/** The fact, then the row that it is about. */
const withRow =
  <T extends EventType>(sinkRow: (event: ReceivedEvent<T>) => Promise<void>) =>
  async (event: ReceivedEvent<T>): Promise<void> => {
    await sinkFact(event)
    await sinkRow(event)
  }

/** Every fact there is, telemetry, and the daily read model; facts of alerts, recommendations, insights and calls of models also carry their rows over. */
export const handlers: Handlers = {
  ...Object.fromEntries(facts.map((type) => [type, sinkFact])),
  'alert.raised': withRow(sinkAlert),
  'alert.resolved': withRow(sinkAlert),
  'recommendation.generated': withRow(sinkRecommendation),
  'recommendation.accepted': withRow(sinkRecommendation),
  'recommendation.dismissed': withRow(sinkRecommendation),
  'recommendation.expired': withRow(sinkRecommendation),
  'recommendation.measured': withRow(sinkRecommendation),
  'ai.tokens_used': withRow(sinkTokenUsage),
  'insight.written': withRow(sinkInsight),
  'telemetry.batch': sinkTelemetry,
  'performance.updated': sinkPerformance,
}
