import { toAppError } from '../errors.ts'
import { flushIfDue, note } from '../events/telemetry.ts'
import { pathsOf } from '../operation.ts'
import type { AnyOperation } from '../operations/call.ts'
import { PLATFORM_TENANT_ID, runAs, systemActor } from '../tenant.ts'
import type { HttpContext, Step } from './context.ts'

const CLIENT_SESSION = /^[A-Za-z0-9._-]{1,128}$/

/**
 * Notes `api.request` and `api.response` of every request, `data.accessed` of one that was told something of brands' data
 * (304 tells nothing new), and `api.error` when the fault is ours, for the caller's tenant (the platform's when nobody was
 * authenticated). Not of probes (public GETs), nor of anonymous refusals by limit: a flood must not become rows.
 */
export const recordRequest: Step = async (c, next) => {
  const startedAt = performance.now()
  await next()
  const actor = c.get('actor')
  if (!actor && (c.res.status === 429 || isProbe(c.get('operation')))) return
  const noted = () => noteRequest(c, performance.now() - startedAt)
  runAs(actor ?? systemActor(PLATFORM_TENANT_ID, 'anonymous', c.get('requestId')), noted)
  // Who was refused for want of a connection must not wait for one again; a later request flushes.
  if (c.res.status !== 503) await flushIfDue()
}

/** Messages quote callers' fields, whose names may be a body long; Pub/Sub takes 10 MB of what gathers in an outage. */
export const MESSAGE_CHARACTERS = 500
/** jsonb refuses NUL and half characters, and one refusal would hold back the whole batch. */
const storable = (text: string): string =>
  text
    .slice(0, MESSAGE_CHARACTERS)
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')

const isProbe = (operation: AnyOperation | undefined): boolean =>
  operation?.permission === 'public' && operation.http.method === 'get'

const readsBrands = (operation: AnyOperation | undefined): boolean =>
  operation?.permission === 'brands:read' && operation.http.method === 'get'

function noteRequest(c: HttpContext, durationMs: number): void {
  const { status } = c.res
  const operation = c.get('operation')
  const error = c.error ? toAppError(c.error) : null
  const session = c.req.header('x-session-id') ?? ''
  const apiKeyId = c.get('actor')?.apiKeyId ?? null
  const askedFor = {
    method: c.req.method,
    route: operation ? pathsOf(operation)[0] : null,
    operation: operation?.name ?? null,
  }
  const common = {
    brand_id: c.get('brandId') ?? null,
    duration_ms: Math.round(durationMs * 1000) / 1000,
    status: status < 400 ? 'success' : 'failure',
    error_message: error && storable(`${error.code}: ${error.message}`),
    metadata: {
      ...askedFor,
      http_status: status,
      trace_id: c.get('traceId'),
      ...(c.get('cache') && { cache: c.get('cache') }),
      client_session_id: CLIENT_SESSION.test(session) ? session : null,
      ...(apiKeyId !== null && { api_key_id: apiKeyId }),
    },
  } as const
  note({
    event_type: 'api.request',
    ...common,
    duration_ms: null,
    status: 'success',
    error_message: null,
    metadata: askedFor,
  })
  note({ event_type: 'api.response', ...common })
  if (readsBrands(operation) && status < 300) note({ event_type: 'data.accessed', ...common })
  if (status >= 500) note({ event_type: 'api.error', ...common })
}
