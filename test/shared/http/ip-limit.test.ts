import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { HttpEnv } from '../../../shared/http/context.ts'
import { errorAnswer } from '../../../shared/http/error-answer.ts'
import { ipLimit } from '../../../shared/http/ip-limit.ts'
import { ask, serveApp } from '../../support/http.ts'

const limited = (options: { perMinute?: number; trustedHops?: number; nowMs?: () => number } = {}) => {
  const app = new Hono<HttpEnv>().use(ipLimit({ perMinute: 3, trustedHops: 1, nowMs: () => 0, ...options }))
  app.onError(errorAnswer)
  return app.get('/', (c) => c.text('ok'))
}
const from = (app: Hono<HttpEnv>, hops: string) => app.request('/', { headers: { 'x-forwarded-for': hops } })
const statuses = async (app: Hono<HttpEnv>, ...hops: string[]) => {
  const seen: number[] = []
  for (const each of hops) seen.push((await from(app, each)).status)
  return seen
}

describe('the limit per address', () => {
  it('lets so many through, says how many are left, then when to come back', async () => {
    let now = 0
    const app = limited({ nowMs: () => now })
    const left: (string | null)[] = []
    for (let at = 0; at < 3; at += 1)
      left.push((await from(app, '1.1.1.1, 9.9.9.9')).headers.get('ratelimit-remaining'))
    expect(left).toEqual(['2', '1', '0'])
    const refused = await from(app, '1.1.1.1, 9.9.9.9')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20'])
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
    now = 19_999
    expect((await from(app, '1.1.1.1, 9.9.9.9')).status).toBe(429)
    now = 20_000
    expect((await from(app, '1.1.1.1, 9.9.9.9')).status).toBe(200)
    expect((await from(app, '1.1.1.1, 9.9.9.9')).status).toBe(429)
    now = 10_000_000
    expect((await from(app, '1.1.1.1, 9.9.9.9')).headers.get('ratelimit-remaining')).toBe('2')
  })

  it('counts the address that our load balancer saw, whatever the client claims before it', async () => {
    const claims = Array.from({ length: 5 }, (_, at) => `10.0.0.${at}, 203.0.113.7, 9.9.9.9`)
    expect(await statuses(limited(), ...claims)).toEqual([200, 200, 200, 429, 429])
    const others = Array.from({ length: 5 }, (_, at) => `10.0.0.1, 203.0.113.${at}, 9.9.9.9`)
    expect(await statuses(limited(), ...others)).toEqual([200, 200, 200, 200, 200])
  })

  it('can be told how many proxies of ours stand in front', async () => {
    const claims = Array.from({ length: 4 }, (_, at) => `10.0.0.${at}, 203.0.113.7, 9.9.9.9, 9.9.9.8`)
    expect(await statuses(limited({ trustedHops: 2 }), ...claims)).toEqual([200, 200, 200, 429])
    expect(await statuses(limited({ trustedHops: 0 }), '1.1.1.1', '1.1.1.1', '2.2.2.2', '1.1.1.1', '1.1.1.1')).toEqual([
      200, 200, 200, 200, 429,
    ])
  })

  it('sees one household in a /64 of IPv6, and IPv4 in its mapped form', async () => {
    const hops = ['2001:db8::1', '2001:DB8:0:0:ffff::2', '2001:0db8:0000:0000:1:2:3:4', '2001:db8::ffff']
    expect(await statuses(limited(), ...hops.map((hop) => `${hop}, 9.9.9.9`))).toEqual([200, 200, 200, 429])
    const mapped = ['::ffff:1.2.3.4', '1.2.3.4', '1.2.3.4', '::FFFF:1.2.3.4', '::ffff:1.2.3.5']
    expect(await statuses(limited(), ...mapped.map((hop) => `${hop}, 9.9.9.9`))).toEqual([200, 200, 200, 429, 200])
  })

  it('falls back on the socket when the header is missing or is no address', async () => {
    const origin = await serveApp(limited())
    const seen: number[] = []
    for (const hops of [undefined, 'unknown, 9.9.9.9', '9.9.9.9', 'x']) {
      seen.push((await ask(origin, hops === undefined ? {} : { headers: { 'x-forwarded-for': hops } })).status)
    }
    expect(seen).toEqual([200, 200, 200, 429])
  })
})
