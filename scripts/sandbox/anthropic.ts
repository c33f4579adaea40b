import { Hono } from 'hono'
import * as z from 'zod'
import { eventsOf, messageOf } from './anthropic/answer.ts'
import { MessagesRequest, MODELS, refusalOf } from './anthropic/request.ts'
import { errorAnswer, refusedBy, spoiled, Trouble } from './anthropic/trouble.ts'
import { Mode, turnOf } from './anthropic/turn.ts'
import { promptCache, tokensIn } from './anthropic/usage.ts'

/** `mode` lasts; `next` are troubles of the next requests, one each. `seed` decides what the bad modes choose. */
export const Behaviour = z.strictObject({
  mode: Mode.optional(),
  next: z.array(Trouble).optional(),
  seed: z.int().optional(),
})
export type Behaviour = z.output<typeof Behaviour>

export type AnthropicSandbox = Hono & {
  behave: (behaviour: Behaviour) => void
  /** Bodies of the messages that came, oldest first. */
  requests: () => readonly MessagesRequest[]
}

const KEPT_REQUESTS = 200
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Anthropic's Messages API: JSON and events, tools, cache counts, and the refusals of version 2026-10-21. Behind it is no
 * model but a planner for the questions that the demo asks, or one that misbehaves on demand. Source: platform.claude.com, 2026-10
 */
export function anthropicSandbox(clock: () => number = Date.now): AnthropicSandbox {
  let behaviour: { mode: Mode; next: Trouble[]; seed: number } = { mode: 'honest', next: [], seed: 1 }
  const requests: MessagesRequest[] = []
  const usageOf = promptCache(clock)
  const app = new Hono()
  app.use('/v1/*', async (c, next) => {
    const isKnown = /^Bearer .+/.test(c.req.header('authorization') ?? '') || c.req.header('x-api-key')
    if (!isKnown) return errorAnswer({ status: 401, type: 'authentication_error', message: 'invalid x-api-key' })
    if (!c.req.header('anthropic-version'))
      return errorAnswer({
        status: 400,
        type: 'invalid_request_error',
        message: 'anthropic-version: header is required',
      })
    return next()
  })
  app.post('/v1/messages', async (c) => {
    const parsed = MessagesRequest.safeParse(jsonOf(await c.req.text()))
    if (!parsed.success)
      return errorAnswer({ status: 400, type: 'invalid_request_error', message: z.prettifyError(parsed.error) })
    const request = parsed.data
    if (!MODELS.includes(request.model))
      return errorAnswer({ status: 404, type: 'not_found_error', message: `model: ${request.model}` })
    const refusal = refusalOf(request)
    if (refusal) return errorAnswer({ status: 400, type: 'invalid_request_error', message: refusal })
    requests.push(request)
    if (requests.length > KEPT_REQUESTS) requests.shift()
    const trouble = behaviour.next.shift() ?? null
    if (trouble === 'hang') return hang(c.req.raw.signal)
    const refused = refusedBy(trouble)
    if (refused) return refused
    behaviour.seed += 1
    const stop = trouble === 'refusal' || trouble === 'max_tokens' ? trouble : undefined
    const message = messageOf(request, turnOf(request, behaviour), usageOf(request), stop)
    if (!request.stream) return c.json(message)
    return new Response(ReadableStream.from(spoiled(eventsOf(message), trouble)).pipeThrough(new TextEncoderStream()), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'request-id': message.id },
    })
  })
  app.post('/v1/messages/count_tokens', async (c) => c.json({ input_tokens: tokensIn(jsonOf(await c.req.text())) }))
  app.get('/v1/models', (c) =>
    c.json({
      data: MODELS.map((id) => ({
        type: 'model',
        id,
        display_name: id,
        created_at: '2026-01-01T00:00:00Z',
        lifecycle: 'active',
      })),
      has_more: false,
      first_id: MODELS[0],
      last_id: MODELS.at(-1),
    }),
  )
  return Object.assign(app, {
    behave: ({ mode, next, seed }: Behaviour) => {
      behaviour = { mode: mode ?? behaviour.mode, next: [...(next ?? [])], seed: seed ?? behaviour.seed }
    },
    requests: () => [...requests],
  })
}

/** Answers only when the caller has gone. */
const hang = (gone: AbortSignal): Promise<Response> =>
  new Promise((resolve) => gone.addEventListener('abort', () => resolve(new Response(null, { status: 499 }))))
