import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import { secret } from '../../../shared/cloud/secrets.ts'
import { config } from '../../../shared/config.ts'
import { AppError } from '../../../shared/errors.ts'
import { type IncomingAnswer, pace, request, retryAfterMs } from '../../../shared/fetch.ts'
import type { Alert, Channel } from '../channel.ts'

const TIMEOUT_MS = 10_000
/** A wait that fits into one delivery, and how often; Slack mostly asks for a second. */
const SHORT_WAIT_MS = 5_000
const MAX_TRIES = 3
const SIGNS = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' } as const

/** Slack's incoming webhook, whose URL an operator put into the secret SLACK_WEBHOOK_URL. Source: docs.slack.dev/messaging, 2026-11. */
export const slack: Channel = {
  name: 'slack',
  isHeard: async () => true,
  send: async (alert) => {
    const url = z.url().safeParse((await secret('SLACK_WEBHOOK_URL')).trim())
    if (!url.success) throw new AppError('CONFIG_INVALID', 'The secret SLACK_WEBHOOK_URL must hold a URL.')
    return post(url.data, JSON.stringify(slackMessage(alert)))
  },
}

async function post(url: string, body: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    // One try each: after a network error Slack may have posted the message, so that only the delivery as a whole is repeated.
    const headers = { 'Content-Type': 'application/json' }
    const answer = await request({
      target: 'Slack',
      url,
      method: 'POST',
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      tries: 1,
    })
    if (answer.status < 300) return answer.status
    if (answer.status !== 429) throw refused(answer)
    const waitMs = retryAfterMs(answer.headers.get('Retry-After'), {
      now: clock.now(),
      fallbackMs: 1_000,
      capMs: 60_000,
    })
    if (attempt === MAX_TRIES || waitMs > SHORT_WAIT_MS)
      throw new AppError('PROVIDER_RATE_LIMITED', `Slack asks to wait ${waitMs} ms.`, { details: { wait_ms: waitMs } })
    await pace.wait(waitMs)
  }
}

/** Slack names what is wrong in a short text: invalid_payload, no_service, channel_is_archived. */
const refused = ({ status, text }: IncomingAnswer): AppError =>
  new AppError('PROVIDER_REJECTED', `Slack answered ${status}: ${text.slice(0, 100)}`, { details: { status } })

/** What is our own sentence does not pass for a model's. */
const WRITERS = {
  template: "What it means, in the rule's own words:",
  claude: 'What may lie behind it, written by Claude from your figures:',
} as const

/** Block Kit. Slack takes at most 3,000 characters a text block; `verbatim` keeps names in texts from becoming mentions or links. */
export function slackMessage(alert: Alert): object {
  const owner = [alert.company_name, alert.brand_name].filter((name) => name !== null).join(' · ')
  const state =
    alert.status === 'open' ? (alert.escalated_at ? ' · nobody took it on yet' : '') : ` · now ${alert.status}`
  const facts = `${alert.severity} · ${owner} · ${alert.raised_at.toISOString()}${state}`
  return {
    text: escaped(`${alert.title} (${owner})`, 500),
    blocks: [
      { type: 'section', text: mrkdwn(`${SIGNS[alert.severity]} *${escaped(alert.title, 500)}*`) },
      { type: 'section', text: mrkdwn(escaped(alert.message, 2_900)) },
      {
        type: 'section',
        text: mrkdwn(`_${WRITERS[alert.explanation.written_by]}_\n${escaped(alert.explanation.text, 2_800)}`),
      },
      {
        type: 'context',
        elements: [mrkdwn(escaped(facts, 1_000)), mrkdwn(`<${config('PUBLIC_URL')}|Open Pulsepoint>`)],
      },
    ],
  }
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true })

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Slack's three control characters as entities, then at most `max` characters, never cutting an entity. */
function escaped(text: string, max: number): string {
  let safe = ''
  for (const character of text) {
    const next = ENTITIES[character] ?? character
    if (safe.length + next.length > max - 1) return `${safe}…`
    safe += next
  }
  return safe
}
