import * as z from 'zod'
import { mayBePublic } from '../../webhooks/address.ts'
import { PURPOSES } from '../../webhooks/endpoint.ts'
import { isOwnStandIn } from '../../webhooks/send.ts'
import { text } from '../text.ts'
import { Instant } from '../wire.ts'

export const Purpose = z
  .enum(PURPOSES)
  .describe(
    'alerts: each alert whose rule has the channel webhook. n8n: recommendations-ready, data-available, alert-raised.',
  )
export const WebhookUrl = text(2_000)
  .refine(isCallable, { error: 'Expected an https URL without user, password or fragment.', abort: true })
  .refine(isOutside, 'Expected a public address: not of this machine, a private network or a reserved range.')

export const WebhookEndpoint = z.object({ purpose: Purpose, url: z.string(), updated_at: Instant }).meta({
  examples: [{ purpose: 'n8n', url: 'https://n8n.example.com/webhook', updated_at: '2026-11-20T09:30:00.000Z' }],
})

function isCallable(given: string): boolean {
  const url = URL.parse(given)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || isOwnStandIn(url)
}

/** Where a name leads is known only when it is called, and asked each time. */
function isOutside(given: string): boolean {
  const url = new URL(given) // isCallable() was asked first
  return mayBePublic(url) || isOwnStandIn(url)
}
