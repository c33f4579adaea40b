import { Hono } from 'hono'
import * as z from 'zod'

export type SlackLimits = {
  /** Messages that a hook may send at once before it is held to `perSecond`. */
  burst: number
  perSecond: number
  /** Milliseconds since 1970. */
  clock: () => number
}

export type SlackMessage = {
  /** Seconds since 1970 with microseconds: unique and rising, as Slack's own. */
  ts: string
  team: string
  channel: string
  text: string | null
  /** The body as it came. */
  payload: Record<string, unknown>
}

const DEFAULTS: SlackLimits = { burst: 20, perSecond: 1, clock: () => Date.now() }
const KEPT_MESSAGES = 1000
/** A hook's path is team, integration and a secret of 24 characters. */
const TEAM = /^T[A-Z0-9]+$/
const CHANNEL = /^B[A-Z0-9]+$/
const SECRET = /^[A-Za-z0-9]{24}$/

const Payload = z
  .looseObject({
    text: z.string().optional(),
    blocks: z.array(z.looseObject({ type: z.string() })).optional(),
    attachments: z.array(z.looseObject({})).optional(),
  })
  .refine(({ text, blocks, attachments }) => Boolean(text || blocks?.length || attachments?.length))

/**
 * Slack's incoming webhooks: `POST /services/:team/:channel/:secret` answers the text `ok`, or 400 `invalid_payload`,
 * 404 `no_service`, 429 `rate_limited` with Retry-After in seconds. `GET /messages?since=` gives the last 1,000, oldest
 * first, later than a message's `ts` or an RFC 3339 instant; `messages()` gives the same to a test in this process.
 */
export function slackSandbox(options: Partial<SlackLimits> = {}): Hono & { messages: () => readonly SlackMessage[] } {
  const limits = { ...DEFAULTS, ...options }
  const messages: SlackMessage[] = []
  const waitSeconds = hookLimiter(limits)
  const nextTs = timestamps(limits.clock)
  const app = new Hono()
  app.post('/services/:team/:channel/:secret', async (context) => {
    const { team, channel, secret } = context.req.param()
    if (!TEAM.test(team) || !CHANNEL.test(channel) || !SECRET.test(secret)) return context.text('no_service', 404)
    const wait = waitSeconds(`${team}/${channel}/${secret}`)
    if (wait > 0) return context.text('rate_limited', 429, { 'Retry-After': String(wait) })
    const payload = Payload.safeParse(parseJson(await context.req.text()))
    if (!payload.success) return context.text('invalid_payload', 400)
    messages.push({ ts: nextTs(), team, channel, text: payload.data.text ?? null, payload: payload.data })
    if (messages.length > KEPT_MESSAGES) messages.shift()
    return context.text('ok')
  })
  app.get('/messages', (context) => {
    const since = secondsOf(context.req.query('since') ?? '0')
    if (Number.isNaN(since)) return context.text('invalid_since', 400)
    return context.json({ messages: messages.filter(({ ts }) => Number(ts) > since) })
  })
  return Object.assign(app, { messages: () => [...messages] })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const secondsOf = (since: string) => (/^[0-9.]+$/.test(since) ? Number(since) : Date.parse(since) / 1000)

function timestamps(clock: () => number): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.round(clock() * 1000))
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`
  }
}

/** Takes one message from the hook's bucket: 0, or the whole seconds until there is room again. */
function hookLimiter({ burst, perSecond, clock }: SlackLimits): (hook: string) => number {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return (hook) => {
    const nowMs = clock()
    const bucket = buckets.get(hook) ?? { left: burst, atMs: nowMs }
    const left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond)
    buckets.set(hook, { left: left >= 1 ? left - 1 : left, atMs: nowMs })
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond))
  }
}
