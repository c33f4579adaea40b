import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createTransport } from 'nodemailer'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

type Connection = {
  provider: string
  account_id: string
  credentials: { access_token: string; refresh_token?: string }
  token_expires_at?: string
}
let child: ChildProcess
let url: string
let smtpUrl: string
let shop: Connection
let ads: Connection
let google: Connection

function start(): ChildProcess {
  const options = [
    '--port',
    '0',
    '--seed',
    'unit',
    '--tenants',
    '1',
    '--orders',
    '60',
    '--epoch',
    '2026-11-20T10:00:00Z',
    '--clock-offset-ms',
    String(Date.UTC(2026, 10, 20, 11) - Date.now()),
  ]
  return spawn(process.execPath, ['scripts/sandbox/main.ts', ...options], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
const json = async (response: Response | Promise<Response>): Promise<any> => (await response).json()

async function address(of: ChildProcess): Promise<{ url: string; smtp_url: string }> {
  if (!of.stdout) throw new Error('no output to read')
  const failed = once(of, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)))
  const [line] = await Promise.race([once(of.stdout, 'data'), failed])
  failed.catch(() => undefined)
  return JSON.parse(String(line))
}

beforeAll(async () => {
  child = start()
  ;({ url, smtp_url: smtpUrl } = await address(child))
  const stores = await json(fetch(`${url}/_control/stores`))
  const connected = (provider: string) =>
    stores[0].connections.find((connection: Connection) => connection.provider === provider)
  shop = connected('shopify')
  ads = connected('meta')
  google = connected('google-ads')
})
afterAll(async () => {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
})
afterEach(() => fetch(`${url}/_control/faults`, { method: 'DELETE' }))

function orders(first = 4, after: string | null = null, signal?: AbortSignal): Promise<Response> {
  const query =
    'query($n: Int!, $c: String) { orders(first: $n, after: $c, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id displayFinancialStatus totalPriceSet { shopMoney { amount } } } } }'
  return fetch(`${url}/shopify/${shop.account_id}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': shop.credentials.access_token },
    body: JSON.stringify({ query, variables: { n: first, c: after } }),
    ...(signal ? { signal } : {}),
  })
}

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
const page = async (...of: Parameters<typeof orders>): Promise<any> => (await json(orders(...of))).data.orders

async function inject(fault: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<void> {
  const body = JSON.stringify({ match: { provider: 'shopify', operation: 'orders' }, fault, ...more })
  expect((await fetch(`${url}/_control/faults`, { method: 'POST', body })).status).toBe(201)
}

const fired = async (): Promise<number[]> =>
  (await json(fetch(`${url}/_control/faults`))).map((fault: { fired: number }) => fault.fired)

describe('the sandbox as a process', () => {
  it('serves every provider under its name', async () => {
    expect((await page()).nodes).toHaveLength(4)
    const accounts = await fetch(`${url}/meta/v25.0/me/adaccounts?fields=name`, {
      headers: { Authorization: `Bearer ${ads.credentials.access_token}` },
    })
    expect((await json(accounts)).data).toHaveLength(1)
    const customers = await fetch(`${url}/google-ads/v25/customers:listAccessibleCustomers`, {
      headers: { Authorization: `Bearer ${google.credentials.access_token}` },
    })
    expect((await json(customers)).resourceNames).toEqual([`customers/${google.account_id}`])
    expect([google.credentials.refresh_token, google.token_expires_at]).toEqual([
      expect.stringMatching(/^1\/\//),
      expect.stringMatching(/^2026-11-20T1[12]:/),
    ])
    expect((await fetch(`${url}/slack/nothing`)).status).toBeGreaterThanOrEqual(400)
  })

  it('counts requests by provider and operation', async () => {
    await fetch(`${url}/_control/requests`, { method: 'DELETE' })
    await page()
    await page()
    await fetch(`${url}/meta/v25.0/act_${ads.account_id}/campaigns?access_token=${ads.credentials.access_token}`)
    expect(await json(fetch(`${url}/_control/requests`))).toEqual({
      shopify: { orders: 2 },
      meta: { campaigns: 1 },
    })
  })

  it('takes mail, shows it as a person would read it, and refuses it on demand', async () => {
    const mailer = createTransport(smtpUrl)
    const mail = {
      from: 'us@example.com',
      to: 'ana@example.com',
      subject: `${'Grüße – '.repeat(12)}Ende`,
      text: 'a = ü',
      html: '<p>ü</p>',
    }
    await mailer.sendMail(mail)
    await inject({ kind: 'status', code: 451 }, { match: { provider: 'smtp', operation: 'data' } })
    await expect(mailer.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 })
    expect(await json(fetch(`${url}/_control/mails`))).toMatchObject([
      {
        from: 'us@example.com',
        to: ['ana@example.com'],
        subject: mail.subject,
        text: 'a = ü',
        html: '<p>ü</p>',
      },
    ])
    await fetch(`${url}/_control/mails`, { method: 'DELETE' })
    expect(await json(fetch(`${url}/_control/mails`))).toEqual([])
  })

  it('ends when its parent goes away', async () => {
    const other = start()
    await address(other)
    const gone = once(other, 'exit')
    other.disconnect()
    const stuck = setTimeout(() => other.kill('SIGKILL'), 3000)
    expect(await gone).toEqual([0, null])
    clearTimeout(stuck)
  })
})

describe('faults', () => {
  it('strike the nth matching request, so many times, and count it', async () => {
    await inject(
      { kind: 'status', code: 503, headers: { 'Retry-After': '7' }, body: 'busy' },
      { match: { provider: 'shopify', path: '/admin/', nth: 2 }, times: 2 },
    )
    const answers = [await orders(), await orders(), await orders(), await orders()]
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 200])
    expect([answers[1]?.headers.get('retry-after'), await answers[1]?.text(), await fired()]).toEqual([
      '7',
      'busy',
      [2],
    ])
  })

  it.each([
    ['seconds', /^1$/],
    ['date', /GMT$/],
    ['missing', /^null$/],
    ['negative', /^-5$/],
    ['huge', /^1000000000$/],
  ])('ask to retry after %s', async (variant, value) => {
    await inject({ kind: 'retry_after', variant })
    const { status, headers } = await orders()
    expect([status, String(headers.get('retry-after'))]).toEqual([429, expect.stringMatching(value)])
  })

  it('cut or hang the connection', async () => {
    await inject({ kind: 'reset' })
    await expect(orders()).rejects.toThrow()
    await inject({ kind: 'hang' })
    await expect(orders(4, null, AbortSignal.timeout(50))).rejects.toThrow(/timeout/)
    expect(await fired()).toEqual([1, 1])
    expect((await orders()).status).toBe(200)
  })

  it.each(['truncated_json', 'malformed_json', 'html_200'])('break the body: %s', async (kind) => {
    await inject({ kind })
    const answer = await orders()
    expect(answer.status).toBe(200)
    await expect(answer.json()).rejects.toThrow()
  })

  it('send a right body slowly, or after far too many bytes', async () => {
    await inject({ kind: 'slow_body', ms: 30 })
    expect((await page()).nodes).toHaveLength(4)
    await inject({ kind: 'huge_body', bytes: 300_000 })
    const text = await (await orders()).text()
    expect(text.length).toBeGreaterThan(300_000)
    expect(JSON.parse(text).data.orders.nodes).toHaveLength(4)
  })

  it('change types, fields and enums', async () => {
    await inject({ kind: 'wrong_types' })
    expect((await page()).nodes[0].totalPriceSet.shopMoney.amount).toEqual({ value: expect.stringMatching(/^\d/) })
    await inject({ kind: 'unknown_field' })
    expect((await page()).nodes[0].addedLater).toEqual({ since: '2027-01' })
    await inject({ kind: 'unknown_enum' })
    expect((await page()).nodes[0].displayFinancialStatus).toBe('ADDED_LATER')
  })

  it('halve a page without losing a row', async () => {
    const whole = await page(4)
    await inject({ kind: 'half_page' })
    const half = await page(4)
    const rest = await page(2, half.pageInfo.endCursor)
    expect([...half.nodes, ...rest.nodes]).toEqual(whole.nodes)
  })

  it('repeat a page, or lead the cursor back', async () => {
    await inject({ kind: 'repeated_page' }, { match: { provider: 'shopify', nth: 2 } })
    const first = await page()
    expect(await page(4, first.pageInfo.endCursor)).toEqual(first)
    await fetch(`${url}/_control/faults`, { method: 'DELETE' })
    await inject({ kind: 'cursor_loop' }, { match: { provider: 'shopify', nth: 2 } })
    await page()
    const second = await page(4, first.pageInfo.endCursor)
    expect(second.nodes).not.toEqual(first.nodes)
    expect(second.pageInfo).toEqual({ hasNextPage: true, endCursor: first.pageInfo.endCursor })
  })

  it('throttle in the provider’s own words', async () => {
    await inject({ kind: 'throttled' })
    expect((await json(orders())).errors[0].extensions.code).toBe('THROTTLED')
    await inject({ kind: 'throttled' }, { match: { provider: 'meta' } })
    const limited = await fetch(`${url}/meta/v25.0/me/adaccounts?access_token=${ads.credentials.access_token}`)
    expect([limited.status, (await json(limited)).error.code]).toEqual([400, 17])
    await inject({ kind: 'throttled' }, { match: { provider: 'google-ads' } })
    const stopped = await fetch(`${url}/google-ads/v25/customers:listAccessibleCustomers`)
    expect([stopped.status, (await json(stopped))[0].error.status]).toEqual([429, 'RESOURCE_EXHAUSTED'])
  })

  it.each([
    ['what they do not know', { match: { provider: 'shopify' }, fault: { kind: 'earthquake' } }],
    ['faults of pages where there are none', { match: { provider: 'google-ads' }, fault: { kind: 'cursor_loop' } }],
  ])('refuse %s', async (_, fault) => {
    const answer = await fetch(`${url}/_control/faults`, { method: 'POST', body: JSON.stringify(fault) })
    expect(answer.status).toBe(400)
  })
})
