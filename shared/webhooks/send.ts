import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP } from 'node:net'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import { isPublicAddress } from './address.ts'

export type OutgoingWebhook = {
  url: string
  /** The key's bytes, without `whsec_`. */
  key: Uint8Array
  /** The same for every attempt, so that the receiver knows a repetition. */
  id: string
  body: object
}

const TIMEOUT_MS = 10_000
/** Of a 4xx: those that may be better later. */
const WORTH_A_RETRY = [408, 425, 429]

/**
 * One signed POST to an address that a tenant gave: resolved once, refused unless every address is public, and sent to the
 * very address that was checked; redirects are refused. Returns the status, a 2xx.
 * Throws PROVIDER_UNAVAILABLE, PROVIDER_REJECTED; `details.status` where there was an answer.
 */
export async function sendWebhook({ url, key, id, body }: OutgoingWebhook): Promise<number> {
  const target = await pinned(url)
  const text = JSON.stringify(body)
  const headers = { 'Content-Type': 'application/json', ...signature(key, { id, text }) }
  const status = await effect('http webhook', () => post(target, { headers, text }))
  if (status < 300) return status
  const retry = status >= 500 || WORTH_A_RETRY.includes(status)
  const message = status < 400 ? 'answered with a redirect, which is not followed' : 'did not take it'
  throw new AppError(
    retry ? 'PROVIDER_UNAVAILABLE' : 'PROVIDER_REJECTED',
    `The webhook's receiver ${message} (${status}).`,
    {
      details: { status },
    },
  )
}

/** Standard Webhooks: of this moment, since receivers refuse what is older than five minutes. */
export function signature(key: Uint8Array, { id, text }: { id: string; text: string }): Record<string, string> {
  const timestamp = String(Math.floor(clock.now().getTime() / 1000))
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }
}

type Pinned = { url: URL; address: string; family: number }

/** Names of a laptop's own stand-ins; nowhere else is anything exempt. */
export const isOwnStandIn = (url: URL): boolean =>
  config('ENVIRONMENT') === 'development' && config('WEBHOOK_PRIVATE_ORIGINS').split(',').includes(url.origin)

const refused = (why: string): AppError => new AppError('PROVIDER_REJECTED', `The webhook's URL ${why}.`)

/** The URL's parts are the caller's to have checked once; here all of it is checked again, because names change. */
async function pinned(given: string): Promise<Pinned> {
  const url = URL.parse(given)
  if (!url || url.username || url.password) throw refused('is none, or holds a user or password')
  if (url.protocol !== 'https:' && !isOwnStandIn(url)) throw refused('is not https')
  const addresses = await addressesOf(url)
  const [first] = addresses
  if (!first) throw new AppError('PROVIDER_UNAVAILABLE', "The webhook's host has no address.")
  if (!isOwnStandIn(url) && !addresses.every(({ address }) => isPublicAddress(address)))
    throw refused('leads to an address that is not public')
  return { url, ...first }
}

async function addressesOf({ hostname }: URL): Promise<{ address: string; family: number }[]> {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return [{ address: host, family: isIP(host) }]
  try {
    return await lookup(host, { all: true })
  } catch (cause) {
    throw new AppError('PROVIDER_UNAVAILABLE', "The webhook's host could not be resolved.", { cause })
  }
}

type Sending = { headers: Record<string, string>; text: string }

/** The name stays in the certificate check and the Host header; the connection goes to the address. Bodies are not read. */
function post({ url, address, family }: Pinned, { headers, text }: Sending): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const fail = (cause: unknown): void =>
    reject(new AppError('PROVIDER_UNAVAILABLE', "The webhook's receiver did not answer in time.", { cause }))
  const pin: http.RequestOptions['lookup'] = (_, options, found) =>
    options.all ? found(null, [{ address, family }]) : found(null, address, family)
  const { request } = url.protocol === 'https:' ? https : http
  const length = String(Buffer.byteLength(text))
  const options = { method: 'POST', headers: { ...headers, 'Content-Length': length }, lookup: pin, agent: false }
  const sent = request(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) }, (answer) => {
    resolve(answer.statusCode ?? 0)
    answer.destroy()
  })
  sent.on('error', fail)
  sent.end(text)
  return promise
}
