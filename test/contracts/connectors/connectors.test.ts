import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import {
  type Connector,
  DAY_MS,
  type Page,
  type Range,
  type Stream,
  WAIT_DETAIL,
} from '../../../shared/sync/connector.ts'
import { CONNECTORS, pagesOf, readerOf, stateOf, useProviders } from './every.ts'

const providers = useProviders()
const UNTIL = new Date('2026-11-20T00:00:00Z')
const back = (ms: number): Range => ({ since: new Date(UNTIL.getTime() - ms), until: UNTIL, resume: null })
const recent = (): Range => back(3 * DAY_MS)
/** What an hour reads, and what a first sync does. */
const rangesOf = ({ historyMs }: Stream<unknown>): readonly (readonly [string, Range])[] => [
  ['recent', recent()],
  ['all', historyMs === null ? { ...recent(), since: null } : back(historyMs)],
]
/** Places to stop at, in a stream of many pages. */
const STOPS = 5
const WAIT_AT_MOST_MS = 24 * 3_600_000

/** Google streams whole windows: there is no page to halve, to repeat or to lead back from. */
const HAS_NO_PAGES = new Set(['google-ads'])

/** Faults after which a read goes on as if nothing had been. */
const PASSING = [
  ['an error of the server', { kind: 'status', code: 500 }],
  ['a bad gateway', { kind: 'status', code: 502 }],
  ['a service that is away', { kind: 'status', code: 503 }],
  ['a connection that breaks', { kind: 'reset' }],
  ['half a page', { kind: 'half_page' }],
  ['an unknown field', { kind: 'unknown_field' }],
] as const

describe.each(CONNECTORS.map((connector) => [connector.provider, connector] as const))('%s', (provider, connector) => {
  const whole = new Map<string, Record<string, string[]>>()
  const reader = () => readerOf(providers, connector)
  const read = (stream: Stream<unknown>, range: Range, into: Page[] = []) => pagesOf(reader, { stream, range, into })
  const expected = (stream: Stream<unknown>, range: string) => whole.get(`${stream.name} ${range}`)

  beforeAll(async () => {
    for (const stream of connector.streams)
      for (const [name, range] of rangesOf(stream))
        whole.set(`${stream.name} ${name}`, stateOf(await read(stream, range)))
  }, 60_000)

  it('has rows to read in every stream, and says what a client could not know', () => {
    for (const { name, cursor, lookback } of connector.streams) {
      expect([name, Object.keys(whole.get(`${name} all`) ?? {}).length > 0]).toEqual([name, true])
      expect(cursor).not.toBe('')
      expect(lookback.dailyMs).toBeGreaterThanOrEqual(lookback.hourlyMs)
    }
  })

  it('gives the same rows every time', async () => {
    for (const stream of connector.streams)
      for (const [name, range] of rangesOf(stream))
        expect([stream.name, name, stateOf(await read(stream, range))]).toEqual([
          stream.name,
          name,
          expected(stream, name),
        ])
  })

  it('goes on at every page as if it had not stopped', async () => {
    for (const stream of connector.streams) {
      for (const [name, range] of rangesOf(stream)) {
        const pages = await read(stream, range)
        const every = Math.max(1, Math.floor(pages.length / STOPS))
        for (const [at, page] of pages.entries()) {
          if (page.resume === null || at % every > 0) continue
          const resume = JSON.parse(JSON.stringify(page.resume))
          const rest = await read(stream, { ...range, resume })
          expect([stream.name, name, at, stateOf([...pages.slice(0, at + 1), ...rest])]).toEqual([
            stream.name,
            name,
            at,
            expected(stream, name),
          ])
        }
      }
    }
  })

  // What has no pages cannot be given half of one: that is no test of it.
  const passing = PASSING.filter(([, { kind }]) => kind !== 'half_page' || !HAS_NO_PAGES.has(provider))
  describe.each(passing)('after %s', (_, fault) => {
    it('reads on, nothing missing', async () => {
      for (const stream of connector.streams) {
        for (const [name, range] of rangesOf(stream).slice(0, fault.kind === 'reset' ? 2 : 1)) {
          await providers.fault(provider, fault)
          const pages = await read(stream, range)
          expect([stream.name, name, await providers.fired()]).toEqual([stream.name, name, 1])
          expect([stream.name, name, stateOf(pages)]).toEqual([stream.name, name, expected(stream, name)])
        }
      }
    })
  })

  it('keeps a value that it does not know, and counts it', async () => {
    for (const stream of connector.streams) {
      await providers.fault(provider, { kind: 'unknown_enum' })
      const pages = await read(stream, recent())
      expect([stream.name, await providers.fired()]).toEqual([stream.name, 1])
      const counts = (state: Record<string, string[]> = {}) =>
        Object.entries(state).map(([table, its]) => [table, its.length])
      expect([stream.name, counts(stateOf(pages))]).toEqual([stream.name, counts(expected(stream, 'recent'))])
    }
  })

  describe.each([
    ['a truncated answer', { kind: 'truncated_json' }],
    ['malformed JSON', { kind: 'malformed_json' }],
    ['HTML with 200', { kind: 'html_200' }],
    ['wrong types', { kind: 'wrong_types' }],
    ['a huge answer', { kind: 'huge_body', bytes: 25_000_000 }],
  ] as const)('of %s', (_, fault) => {
    it('nothing is kept, the code says it, and the next read has everything', async () => {
      for (const stream of connector.streams) await refusedThenWhole(stream, fault, ['PROVIDER_BAD_RESPONSE'])
    })
  })

  describe.each(['seconds', 'date', 'missing', 'negative', 'huge'] as const)(
    'of 429 with Retry-After: %s',
    (variant) => {
      it('it waits as long as it is asked to, a day at most, and then reads everything', async () => {
        for (const stream of connector.streams) {
          const { failure } = await refusedThenWhole(stream, { kind: 'retry_after', variant, seconds: 3_600 }, [
            'PROVIDER_RATE_LIMITED',
          ])
          if (failure) expect(waitOf(failure)).toBeLessThanOrEqual(WAIT_AT_MOST_MS)
        }
      })
    },
  )

  it('understands the provider’s own way of asking to wait', async () => {
    for (const stream of connector.streams) {
      const { failure } = await refusedThenWhole(stream, { kind: 'throttled' }, ['PROVIDER_RATE_LIMITED'])
      if (failure) expect(waitOf(failure)).toBeGreaterThan(0)
    }
  })

  it('gives up on a server that stays away, keeping what it has', async () => {
    for (const stream of connector.streams) {
      await providers.fault(provider, { kind: 'status', code: 503 }, { times: 1_000 })
      const failure = await failureOf(read(stream, recent()))
      expect([stream.name, failure?.code, (await providers.fired()) <= 30]).toEqual([
        stream.name,
        'PROVIDER_UNAVAILABLE',
        true,
      ])
    }
  })

  it('takes a token that is not accepted for what it is', async () => {
    for (const stream of connector.streams) {
      const foreign = () => readerOf(providers, connector, 'token-of-somebody-else')
      const failure = await failureOf(pagesOf(foreign, { stream, range: recent() }))
      expect([stream.name, failure?.code]).toEqual([stream.name, 'PROVIDER_AUTH'])
      expect(JSON.stringify([failure?.message, failure?.details])).not.toContain('token-of-somebody-else')
    }
  })

  /** A fault that is refused, or waited for by the client itself: either way no row of the answer is kept, and reading on gives all. */
  async function refusedThenWhole(
    stream: Stream<unknown>,
    fault: object,
    codes: readonly string[],
  ): Promise<{ failure: AppError | null }> {
    await providers.fault(provider, fault)
    const pages: Page[] = []
    const failure = await failureOf(read(stream, recent(), pages))
    expect([stream.name, await providers.fired()]).toEqual([stream.name, 1])
    if (failure) {
      expect([stream.name, codes.includes(failure.code) ? 'as expected' : failure.code]).toEqual([
        stream.name,
        'as expected',
      ])
      pages.push(...(await read(stream, { ...recent(), resume: pages.at(-1)?.resume ?? null })))
    }
    expect([stream.name, stateOf(pages)]).toEqual([stream.name, expected(stream, 'recent')])
    return { failure }
  }
})

const waitOf = (failure: AppError): number => Number(failure.details[WAIT_DETAIL])

const failureOf = (reading: Promise<unknown>): Promise<AppError | null> =>
  reading.then(
    () => null,
    (thrown: unknown) => {
      if (thrown instanceof AppError) return thrown
      throw thrown
    },
  )

it('there is one for every folder', () => {
  expect(CONNECTORS.map(({ provider }: Connector) => provider).sort()).toEqual([
    'google-ads',
    'meta',
    'shopify',
    'tiktok',
  ])
})
