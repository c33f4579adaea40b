import * as z from 'zod'
import { AppError } from '../errors.ts'

/**
 * Every event there is. Pipeline messages wake a function and have a topic each; facts and telemetry travel on
 * `pulsepoint-events` (an alert also on its own topic, which wakes the delivery). Facts are kept 90 days and never lost; telemetry 7, gathered in batches.
 */
export const EVENTS_TOPIC = 'pulsepoint-events'

const Id = z.uuid()
const Day = z.iso.date()
const Attempt = z.number().int().optional()
/**
 * One connection's work: all that changed before `due_at`. `run_id` is of a run that a person asked for; the hour's own has
 * none. `attempt` counts the tries after a provider's fault.
 */
const Sync = z.object({ integration_id: Id, due_at: z.iso.datetime(), run_id: Id.optional(), attempt: Attempt })
/** The same connection's days [since, until) once more, in the brand's zone. */
const Backfill = z.object({ integration_id: Id, run_id: Id, since: Day, until: Day, attempt: Attempt })
const RunKind = z.enum(['hourly', 'manual', 'backfill']).optional()
/** A letter to a user; its link holds a token, so it travels encrypted under the tenant's key, bound to `mail_id`. */
const Mail = z.object({
  mail_id: Id,
  user_id: Id,
  template: z.enum(['invitation', 'password_reset', 'password_changed', 'alert']),
  link_encrypted: z.string().nullable(),
  /** What the template `alert` tells of. */
  alert_id: Id.optional(),
})
const Alert = z.object({
  alert_id: Id,
  rule: z.string(),
  cause: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string(),
})
const Advice = z.object({ recommendation_id: Id, kind: z.string(), cause: z.string(), title: z.string() })
const SyncResult = z.object({
  integration_id: Id,
  run_id: Id,
  platform: z.string(),
  kind: RunKind,
  rows_read: z.number().int(),
  rows_written: z.number().int(),
  pages: z.number().int(),
})

const ShopId = z.string().regex(/^\d{1,20}$/)
/** What a signed caller told us: ids and figures only, nobody's name or address. */
const Webhook = z.object({
  source: z.enum(['shopify', 'n8n']),
  topic: z.string(),
  delivery_id: z.string(),
  /** null: it concerns the brand, not one connection. */
  integration_id: Id.nullable(),
  brand_id: Id,
  /** When it happened at the sender, if that was told. */
  triggered_at: z.iso.datetime().nullable(),
  subject: z.object({
    /** The shop's own numbers. */
    row_id: ShopId.optional(),
    customer_id: ShopId.optional(),
    order_ids: z.array(ShopId).optional(),
    data_request_id: ShopId.optional(),
    /** Of n8n. */
    sync_type: z.string().optional(),
    records_count: z.int().optional(),
    workflow: z.string().optional(),
    execution_id: z.string().optional(),
  }),
})

const Question = z.object({ question_id: Id, question: z.string(), category: z.string() })
const AnswerGiven = z.object({
  question_id: Id,
  answer_status: z.string(),
  reason: z.string().nullable(),
  /** The question whose answer was given again, at no cost. */
  cached_from: Id.nullable(),
})
/** One call of a model, as it was charged; cost null: the model's price is unknown. */
const TokensUsed = z.object({
  call_id: Id,
  question_id: Id.nullable(),
  operation: z.string(),
  outcome: z.string(),
  input_tokens: z.int(),
  cache_write_tokens: z.int(),
  cache_read_tokens: z.int(),
  output_tokens: z.int(),
})
const Feedback = z.object({ question_id: Id, rating: z.int(), was_actionable: z.boolean().nullable() })
const Budget = z.object({
  month: Day,
  level: z.enum(['warning', 'stop']),
  spent_usd: z.string(),
  limit_usd: z.string(),
})

const pipeline = <T extends z.ZodType>(topic: string, data: T) =>
  ({ class: 'pipeline', topics: [topic], data }) as const
const fact = <T extends z.ZodType>(data: T, ...alsoOn: string[]) =>
  ({ class: 'fact', topics: [EVENTS_TOPIC, ...alsoOn], data }) as const

/** One line of telemetry; `metadata` carries what the type adds (method, route, http_status). */
export const TelemetryEvent = z.object({
  event_id: Id,
  event_type: z.enum(['api.request', 'api.response', 'api.error', 'data.accessed']),
  timestamp: z.iso.datetime(),
  brand_id: Id.nullable(),
  user_id: Id.nullable(),
  session_id: Id.nullable(),
  request_id: z.string(),
  duration_ms: z.number().nullable(),
  status: z.enum(['success', 'failure', 'partial']),
  error_message: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
})
export type TelemetryEvent = z.output<typeof TelemetryEvent>

export const CATALOG = {
  'sync.requested.shopify': pipeline('sync.requested.shopify', Sync),
  'sync.requested.meta': pipeline('sync.requested.meta', Sync),
  'sync.requested.tiktok': pipeline('sync.requested.tiktok', Sync),
  'sync.requested.google-ads': pipeline('sync.requested.google-ads', Sync),
  'webhook.received': pipeline('webhook.received', Webhook),
  'sync.backfill.shopify': pipeline('sync.backfill.shopify', Backfill),
  'sync.backfill.meta': pipeline('sync.backfill.meta', Backfill),
  'sync.backfill.tiktok': pipeline('sync.backfill.tiktok', Backfill),
  'sync.backfill.google-ads': pipeline('sync.backfill.google-ads', Backfill),
  'rows.synced': pipeline('rows.synced', z.object({ brand_id: Id })),
  'orders.attributed': pipeline('orders.attributed', z.object({ brand_id: Id, days: z.array(Day) })),
  'performance.updated': pipeline('performance.updated', z.object({ brand_id: Id, days: z.array(Day) })),
  'figures.kept': pipeline('figures.kept', z.object({ brand_id: Id, day: Day })),
  /** Both on one topic, by which the build of the tenant's shard is started; it reads data, not attributes. */
  'tenant.created': pipeline('tenant.created', z.object({ tenant_id: Id, change: z.literal('founded') })),
  'tenant.erased': pipeline('tenant.created', z.object({ tenant_id: Id, change: z.literal('erased') })),
  'mail.requested': pipeline('mail.requested', Mail),

  'auth.login': fact(z.object({ user_id: Id })),
  'auth.logout': fact(z.object({ user_id: Id, reason: z.string() })),
  'config.changed': fact(
    z.object({ what: z.string(), subject_id: z.string().nullable(), changes: z.record(z.string(), z.unknown()) }),
  ),
  'admin.action': fact(
    z.object({ action: z.string(), subject_id: z.string().nullable(), details: z.record(z.string(), z.unknown()) }),
  ),
  'auth.failed': fact(z.object({ user_id: Id, reason: z.string() })),
  'data.sync_started': fact(z.object({ integration_id: Id, run_id: Id, platform: z.string(), kind: RunKind })),
  'data.sync_completed': fact(SyncResult.extend({ drift_days: z.int().optional() })),
  'data.sync_failed': fact(SyncResult.extend({ code: z.string(), message: z.string() })),
  'integration.connected': fact(z.object({ integration_id: Id, platform: z.string() })),
  'integration.disconnected': fact(z.object({ integration_id: Id, platform: z.string(), reason: z.string() })),
  'integration.needs_reauth': fact(z.object({ integration_id: Id, platform: z.string(), message: z.string() })),
  'recommendation.generated': fact(Advice),
  'recommendation.accepted': fact(Advice),
  'recommendation.dismissed': fact(Advice.extend({ reason: z.string() })),
  'recommendation.expired': fact(Advice),
  /** What came of one that was accepted is known. */
  'recommendation.measured': fact(Advice),
  /** Of a brand's day, or of what is named. */
  'insight.written': fact(
    z.object({
      insight_id: Id,
      day: Day,
      recommendation_id: Id.nullable(),
      alert_id: Id.nullable(),
      written_by: z.enum(['template', 'claude']),
    }),
  ),
  'alert.raised': fact(Alert, 'alert.raised'),
  /** Nobody took a critical alert on: it is told once more. */
  'alert.escalated': fact(Alert, 'alert.raised'),
  'alert.resolved': fact(z.object({ alert_id: Id, rule: z.string(), cause: z.string() })),

  'ai.question_asked': fact(Question),
  'ai.answer_generated': fact(AnswerGiven),
  'ai.tokens_used': fact(TokensUsed),
  'ai.feedback_provided': fact(Feedback),
  'ai.budget_reached': fact(Budget),
  /** Of the platform tenant: all tenants together. */
  'ai.cost_reached': fact(z.object({ day: Day, cost_usd: z.string(), limit_usd: z.string() })),

  'telemetry.batch': {
    class: 'telemetry',
    topics: [EVENTS_TOPIC],
    data: z.object({ events: z.array(TelemetryEvent) }),
  },
} as const satisfies Record<
  string,
  { class: 'pipeline' | 'fact' | 'telemetry'; topics: readonly string[]; data: z.ZodType }
>

export type EventType = keyof typeof CATALOG
export type EventData<T extends EventType> = z.output<(typeof CATALOG)[T]['data']>
export type FactType = { [T in EventType]: (typeof CATALOG)[T]['class'] extends 'fact' ? T : never }[EventType]

/** What a handler receives: the envelope's ids and the validated data. */
export type ReceivedEvent<T extends EventType = EventType> = {
  id: string
  type: T
  tenantId: string
  occurredAt: string
  data: EventData<T>
}

export const isEventType = (type: string): type is EventType => Object.hasOwn(CATALOG, type)

/** Throws EVENT_INVALID with the fields that are wrong. */
export function parseEventData<T extends EventType>(type: T, data: unknown): EventData<T> {
  const parsed = CATALOG[type].data.safeParse(data)
  if (!parsed.success) throw new AppError('EVENT_INVALID', `${type}: ${z.prettifyError(parsed.error)}`)
  return parsed.data as EventData<T> // the schema under this very name made it
}
