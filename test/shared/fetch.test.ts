import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { type OutgoingRequest, pace, parseJson, request, requestStream, retryAfterMs } from '../../shared/fetch.ts'

const waits: number[] = []
const real = { ...pace }

beforeEach(() => {
  waits.length = 0
  Object.assign(pace, { random: () => 1, wait: async (ms: number) => void waits.push(ms) })
})
afterEach(() => {
  Object.assign(pace, real)
})

type Asked = { method: string; url: string; headers: Record<string, unknown>; body: string }
type Answer = (response: ServerResponse) => void

/** A server that gives these answers one after the other, the last one for ever, and what it was asked. */
async function serving(...answers: Answer[]) {
  const asked: Asked[] = []
  const listener: RequestListener = async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = '', url = '', headers } = incoming
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    answers[Math.min(asked.length, answers.length) - 1]?.(response)
  }
  const server = createServer(listener)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((closed) => server.close(() => closed()))
  }
  onTestFinished(stop)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}/`
  const ask = (more: Partial<OutgoingRequest> = {}) => request({ target: 'Shop', url, ...more })
  const open = (more: Partial<OutgoingRequest> = {}) => requestStream({ target: 'Shop', url, ...more })
  return { url, asked, stop, ask, open }
}

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body)
const fine = answer(200, 'fine')
/** Closes the connection without a word. */
const reset: Answer = (response) => response.destroy()
/** Takes the request and never answers. */
const hang: Answer = () => {}
/** Begins to answer and never ends. */
const stuck: Answer = (response) => response.writeHead(200).write('{"a":')
/** Promises more than it sends. */
const cut: Answer = (response) => {
  response.writeHead(200, { 'Content-Length': '100' })
  response.write('{"a":', () => response.destroy())
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown instanceof AppError) return thrown
  throw new Error(`expected an AppError, got ${String(thrown)}`)
}

describe('a request', () => {
  it('carries method, headers and body, and brings back status, headers and text', async () => {
    const { ask, asked } = await serving(answer(201, 'größer', { 'X-Request-Id': 'r-1' }))
    const { status, headers, text } = await ask({ method: 'POST', headers: { 'X-Token': 't' }, body: '{"n":1}' })
    expect([status, headers.get('x-request-id'), text]).toEqual([201, 'r-1', 'größer'])
    expect(asked).toMatchObject([{ method: 'POST', url: '/', headers: { 'x-token': 't' }, body: '{"n":1}' }])
  })

  it.each([400, 401, 403, 404, 429, 499])(
    'returns %i at once: what it means is the caller’s to say',
    async (status) => {
      const { ask, asked } = await serving(answer(status, 'no'))
      expect(await ask()).toMatchObject({ status, text: 'no' })
      expect([asked.length, waits]).toEqual([1, []])
    },
  )

  it('follows no redirect, which would carry the token along', async () => {
    const elsewhere = await serving(fine)
    const { ask } = await serving(answer(302, '', { Location: elsewhere.url }))
    expect((await failureOf(ask({ headers: { Authorization: 'secret' } }))).code).toBe('PROVIDER_UNAVAILABLE')
    expect(elsewhere.asked).toEqual([])
  })

  it('names its target in failures, never the address', async () => {
    const { ask, url } = await serving(reset)
    const failure = await failureOf(ask({ url: `${url}?access_token=secret` }))
    expect(failure.message).toContain('Shop')
    expect(`${failure.message} ${JSON.stringify(failure.details)}`).not.toMatch(/secret|127\.0\.0\.1/)
  })
})

describe('a fault that may pass', () => {
  it.each([
    ['500', answer(500)],
    ['502', answer(502, '<html>')],
    ['503', answer(503)],
    ['a reset', reset],
    ['a hang', hang],
    ['a body that never ends', stuck],
    ['a body cut short', cut],
  ])('%s is tried again until an answer is good', async (_, fault) => {
    const { ask, asked } = await serving(fault, fine)
    expect(await ask({ timeoutMs: 150 })).toMatchObject({ status: 200, text: 'fine' })
    expect([asked.length, waits]).toEqual([2, [500]])
  })

  it.each([
    ['503', answer(503, 'down'), { status: 503 }],
    ['a reset', reset, {}],
    ['a hang', hang, {}],
    ['a slow body', stuck, {}],
  ])('%s ends as unavailable after the last try', async (_, fault, details) => {
    const { ask, asked } = await serving(fault)
    expect(await failureOf(ask({ timeoutMs: 100 }))).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', details })
    expect([asked.length, waits]).toEqual([3, [500, 1000]])
  })

  it('is a host that nobody answers for, and one without an address', async () => {
    const { ask, stop } = await serving(fine)
    await stop()
    expect((await failureOf(ask({ tries: 2 }))).code).toBe('PROVIDER_UNAVAILABLE')
    expect((await failureOf(ask({ tries: 2, url: 'http://shop.invalid/' }))).code).toBe('PROVIDER_UNAVAILABLE')
    expect(waits).toEqual([500, 500])
  })

  it('is met with as many tries as the caller allows', async () => {
    const { ask, asked } = await serving(answer(500))
    await failureOf(ask({ tries: 1 }))
    expect([asked.length, waits]).toEqual([1, []])
  })

  it('is waited out with full jitter, longer each time up to four seconds', async () => {
    const { ask } = await serving(answer(500))
    await failureOf(ask({ tries: 7 }))
    expect(waits).toEqual([500, 1000, 2000, 4000, 4000, 4000])
    waits.length = 0
    pace.random = () => 0.25
    await failureOf(ask({ tries: 3 }))
    expect(waits).toEqual([125, 250])
  })
})

describe('server errors that are to be returned', () => {
  it('come back whole after the last try', async () => {
    const { ask, asked } = await serving(answer(500, 'first'), answer(502, 'second'), answer(500, 'ask for less'))
    expect(await ask({ returnServerErrors: true })).toMatchObject({ status: 500, text: 'ask for less' })
    expect([asked.length, waits]).toEqual([3, [500, 1000]])
  })

  it('give way to a good answer', async () => {
    const { ask } = await serving(answer(500, 'no'), fine)
    expect(await ask({ returnServerErrors: true })).toMatchObject({ status: 200, text: 'fine' })
  })

  it.each([
    ['a reset', reset],
    ['a hang', hang],
  ])('do not stand for %s, which has nothing to return', async (_, fault) => {
    const { ask } = await serving(answer(500, 'no'), fault)
    const failure = await failureOf(ask({ returnServerErrors: true, tries: 2, timeoutMs: 100 }))
    expect(failure.code).toBe('PROVIDER_UNAVAILABLE')
  })
})

describe('a body', () => {
  it('of just the size that is allowed is taken, one byte more refused, and not asked for again', async () => {
    const { ask, asked } = await serving(answer(200, 'x'.repeat(1000)))
    expect((await ask({ maxBytes: 1000 })).text).toHaveLength(1000)
    expect((await failureOf(ask({ maxBytes: 999 }))).code).toBe('PROVIDER_BAD_RESPONSE')
    expect([asked.length, waits]).toEqual([2, []])
  })

  it('that would never end is dropped at the limit, and its connection with it', async () => {
    let dropped: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      dropped = resolve
    })
    const { ask } = await serving((response) => {
      response.on('close', dropped)
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    expect((await failureOf(ask({ maxBytes: 500_000 }))).code).toBe('PROVIDER_BAD_RESPONSE')
    await closed
  })

  it('is read as UTF-8 even where a chunk ends within a letter', async () => {
    const [start, end] = [Buffer.from('grö').subarray(0, 3), Buffer.from('grö').subarray(3)]
    const { ask } = await serving((response) => {
      response.writeHead(200).write(start, () => response.end(end))
    })
    expect((await ask()).text).toBe('grö')
  })
})

describe('JSON', () => {
  const parsed = (text: string) => parseJson({ status: 200, headers: new Headers(), text }, 'Shop')

  it('is parsed', () => {
    expect(parsed('{"a":[1,null]}')).toEqual({ a: [1, null] })
  })

  it.each([
    ['a page', '\n <!doctype html>', 'an HTML page'],
    ['a cut text', '{"a":[1', 'malformed JSON'],
    ['nothing', '', 'malformed JSON'],
  ])('is not %s', async (_, text, kind) => {
    const failure = await failureOf((async () => parsed(text))())
    expect(failure).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', details: { status: 200 } })
    expect(failure.message).toBe(`Shop answered ${kind} instead of JSON (status 200).`)
  })
})

describe('Retry-After', () => {
  const now = new Date('2026-11-20T12:00:00Z')

  it.each([
    ['seconds', '30', 30_000],
    ['a fraction of seconds', '1.5', 1_500],
    ['no time at all', '0', 0],
    ['a date', 'Fri, 20 Nov 2026 12:01:00 GMT', 60_000],
    ['a date long from now', 'Sat, 20 Nov 2027 12:00:00 GMT', 3_600_000],
    ['10⁹ seconds', '1000000000', 3_600_000],
    ['a negative number', '-5', 2_000],
    ['a date that has passed', 'Fri, 20 Nov 2026 11:59:00 GMT', 2_000],
    ['nothing', null, 2_000],
    ['an empty text', '', 2_000],
    ['words', 'soon', 2_000],
    ['infinity', 'Infinity', 2_000],
  ])('of %s', (_, header, expected) => {
    expect(retryAfterMs(header, { now, fallbackMs: 2_000, capMs: 3_600_000 })).toBe(expected)
  })
})

describe('a stream', () => {
  async function readAll(opened: ReturnType<typeof requestStream>): Promise<string> {
    const read: Uint8Array[] = []
    for await (const piece of (await opened).pieces) read.push(piece)
    return Buffer.concat(read).toString()
  }

  it('is read piece by piece, with the headers that were asked for', async () => {
    const { open, asked } = await serving(answer(206, 'fine', { 'Content-Range': 'bytes 3-6/7' }))
    const { status, headers, pieces } = await open({ headers: { Range: 'bytes=3-' } })
    expect([status, headers.get('content-range')]).toEqual([206, 'bytes 3-6/7'])
    expect(asked[0]?.headers).toMatchObject({ range: 'bytes=3-' })
    expect(await readAll(Promise.resolve({ status, headers, pieces }))).toBe('fine')
  })

  it('is opened again after what may pass, and follows no redirect', async () => {
    const again = await serving(answer(503), reset, hang, fine)
    expect(await readAll(again.open({ timeoutMs: 150, tries: 4 }))).toBe('fine')
    expect(again.asked).toHaveLength(4)
    const elsewhere = await serving(fine)
    const { open } = await serving(answer(302, '', { Location: elsewhere.url }))
    expect((await failureOf(open({ tries: 1 }))).code).toBe('PROVIDER_UNAVAILABLE')
    expect(elsewhere.asked).toEqual([])
  })

  it.each([
    ['is cut short', cut],
    ['stands still', stuck],
  ])('that %s is unavailable, after what it gave', async (_, fault) => {
    const { open } = await serving(fault)
    const { pieces } = await open({ timeoutMs: 100 })
    let given = ''
    const failure = await failureOf(
      (async () => {
        for await (const piece of pieces) given += Buffer.from(piece).toString()
      })(),
    )
    expect([failure.code, given]).toEqual(['PROVIDER_UNAVAILABLE', '{"a":'])
    expect(JSON.stringify(failure.details)).not.toContain('127.0.0.1')
  })

  it('larger than allowed is refused while it is read', async () => {
    const { open } = await serving(answer(200, 'x'.repeat(100)))
    expect(await failureOf(readAll(open({ maxBytes: 99 })))).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
    expect(await readAll(open({ maxBytes: 100 }))).toHaveLength(100)
  })

  it('ends its connection when nobody reads on', async () => {
    const closed = Promise.withResolvers<void>()
    const { open } = await serving((response) => {
      response.on('close', () => closed.resolve())
      response.writeHead(200).write('first')
    })
    for await (const piece of (await open()).pieces) {
      expect(Buffer.from(piece).toString()).toBe('first')
      break
    }
    await closed.promise
  })
})
