import { expect, test } from 'vitest'
import * as z from 'zod'
import { slackSandbox } from '../../scripts/sandbox/slack.ts'
import { listening } from './listening.ts'

const HOOK = '/services/T00000001/B00000001/abcdefghijklmnopqrstuvwx'
const Messages = z.object({
  messages: z.array(z.object({ ts: z.string(), channel: z.string(), text: z.string().nullable() })),
})

async function slack(options: Parameters<typeof slackSandbox>[0] = {}) {
  const sandbox = slackSandbox(options)
  const origin = await listening(sandbox)
  const send = async (body: string, path = HOOK) => {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('Retry-After') }
  }
  const read = async (query = '') => Messages.parse(await (await fetch(`${origin}/messages${query}`)).json()).messages
  return { sandbox, origin, send, read }
}

test('a message is answered ok and kept with its blocks', async () => {
  const { sandbox, send, read } = await slack()
  const payload = { text: 'Spend spike', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*up*' } }] }
  expect(await send(JSON.stringify(payload))).toEqual({ status: 200, text: 'ok', retryAfter: null })
  expect(await read()).toEqual([expect.objectContaining({ channel: 'B00000001', text: 'Spend spike' })])
  expect(sandbox.messages()[0]?.payload).toEqual(payload)
})

test.each(['not json', '', 'null', '[]', '{}', '{"text":""}', '{"text":1}', '{"blocks":[]}'])(
  '%j is an invalid payload',
  async (body) => {
    const { sandbox, send } = await slack()
    expect(await send(body)).toMatchObject({ status: 400, text: 'invalid_payload' })
    expect(sandbox.messages()).toEqual([])
  },
)

test.each([
  '/services/T1/B1/short',
  '/services/X1/B1/abcdefghijklmnopqrstuvwx',
  '/services/T1/C1/abcdefghijklmnopqrstuvwx',
])('%s is no service', async (path) => {
  const { send } = await slack()
  expect(await send('{"text":"hi"}', path)).toMatchObject({ status: 404, text: 'no_service' })
})

test('since gives what came later, by ts or by instant', async () => {
  let nowMs = Date.parse('2026-11-10T12:00:00Z')
  const { origin, send, read } = await slack({ clock: () => nowMs })
  await send('{"text":"first"}')
  await send('{"text":"second"}')
  nowMs += 60_000
  await send('{"text":"third"}')
  const [first] = await read()
  const texts = (messages: { text: string | null }[]) => messages.map(({ text }) => text)
  expect(texts(await read(`?since=${first?.ts}`))).toEqual(['second', 'third'])
  expect(texts(await read('?since=2026-11-10T12:00:30Z'))).toEqual(['third'])
  expect((await fetch(`${origin}/messages?since=yesterday`)).status).toBe(400)
})

test('a hook may burst, then is held to one a second with Retry-After; others are not', async () => {
  let nowMs = 0
  const { send } = await slack({ clock: () => nowMs })
  for (let message = 0; message < 20; message++) expect((await send('{"text":"x"}')).status).toBe(200)
  expect(await send('{"text":"x"}')).toEqual({ status: 429, text: 'rate_limited', retryAfter: '1' })
  expect((await send('{"text":"x"}', HOOK.replace('B00000001', 'B00000002'))).status).toBe(200)
  nowMs += 1000
  expect((await send('{"text":"x"}')).status).toBe(200)
  expect((await send('{"text":"x"}')).status).toBe(429)
})

test('the last 1,000 messages are kept', async () => {
  const sandbox = slackSandbox({ burst: 2000 })
  for (let message = 0; message <= 1000; message++) {
    await sandbox.request(HOOK, { method: 'POST', body: JSON.stringify({ text: String(message) }) })
  }
  expect(sandbox.messages()).toHaveLength(1000)
  expect(sandbox.messages()[0]?.text).toBe('1')
})
