import { LRUCache } from 'lru-cache'
import { atMost } from '../at-most.ts'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { clientAddress } from './client-address.ts'
import type { Step } from './context.ts'

export type IpLimit = {
  /** Requests an address may make in a minute, also at once; they come back evenly. */
  perMinute: number
  /** Proxies of ours whose address ends X-Forwarded-For. */
  trustedHops: number
  /** Milliseconds on a clock that never goes back. */
  nowMs: () => number
}
export const configuredIpLimit = (): IpLimit => ({
  perMinute: config('IP_LIMIT_PER_MINUTE'),
  trustedHops: config('TRUSTED_HOPS'),
  nowMs: () => performance.now(),
})

const ADDRESSES_KEPT = 50_000
const MINUTE_MS = 60_000

type Bucket = { tokens: number; at: number }

/** A token bucket per address in this instance, before anybody is authenticated; the load balancer has one over all instances. */
export function ipLimit({ perMinute, trustedHops, nowMs }: IpLimit): Step {
  const buckets = new LRUCache<string, Bucket>(atMost(ADDRESSES_KEPT))
  const perMs = perMinute / MINUTE_MS
  return async (c, next) => {
    const address = clientAddress(c, trustedHops)
    const now = nowMs()
    const bucket = buckets.get(address) ?? { tokens: perMinute, at: now }
    const tokens = Math.min(perMinute, bucket.tokens + (now - bucket.at) * perMs)
    const left = tokens >= 1 ? tokens - 1 : tokens
    buckets.set(address, { tokens: left, at: now })
    c.set('requestsLeft', Math.floor(left))
    c.header('RateLimit-Limit', String(perMinute))
    c.header('RateLimit-Remaining', String(Math.floor(left)))
    c.header('RateLimit-Reset', String(Math.ceil((perMinute - left) / perMs / 1000)))
    if (tokens < 1) {
      c.header('Retry-After', String(Math.ceil((1 - tokens) / perMs / 1000)))
      throw new AppError('RATE_LIMITED', 'Too many requests from this address; wait as Retry-After says.')
    }
    await next()
  }
}
