import { gzipSync } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SHOP_TOPICS } from '../../../functions/apply-webhooks/topics.ts'
import { SUBJECTS } from '../../../functions/webhooks/shopify/subjects.ts'
import { holdLocks } from '../../flow/locks.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { pulled } from '../../support/pulled.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { CLIENT_SECRETS, receiptsOf, shopifyHeaders, useWebhooks } from './callers.ts'

const database = useDatabase()
const cloud = useCloud()
const post = useWebhooks(cloud)
const events = pulled(cloud, 'webhook.received')
const PATH = '/webhooks/shopify'

let count = 0
let tenant: TestTenant
let shop: string

beforeAll(() => events.listen())
beforeEach(async () => {
  shop = `acme-${++count}.myshopify.com`
  tenant = await createTenant(`acme ${count}`, { accountId: shop })
})

const body = JSON.stringify({ id: 450789469, email: 'ann@example.com', name: '#1001' })
const call = (given: Partial<Parameters<typeof shopifyHeaders>[0]> = {}) =>
  post(PATH, shopifyHeaders({ topic: 'orders/updated', shop, body, ...given }), given.body ?? body)

describe('the signature', () => {
  test('of either live secret is taken; what is handed on names ids and nobody', async () => {
    for (const secret of CLIENT_SECRETS)
      expect(await call({ secret, topic: 'orders/delete' })).toMatchObject({ status: 200 })
    const told = await events.of(tenant)
    expect(told).toHaveLength(2)
    expect(told[0]).toMatchObject({
      source: 'shopify',
      topic: 'orders/delete',
      integration_id: tenant.integrationId,
      brand_id: tenant.brandId,
      triggered_at: '2026-11-20T09:30:00.123Z',
      subject: { row_id: '450789469' },
    })
    expect(JSON.stringify(told)).not.toMatch(/ann|1001/)
  })

  const good = () => shopifyHeaders({ topic: 'orders/delete', shop, body })
  const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name))
  const signed = (change: (signature: string) => string) => ({
    ...good(),
    'x-shopify-hmac-sha256': change(good()['x-shopify-hmac-sha256']),
  })
  test.each([
    ['a body altered by one byte', () => post(PATH, good(), body.replace('1001', '1002'))],
    ['a body with one space more', () => post(PATH, good(), `${body} `)],
    ['an empty body', () => post(PATH, good(), '')],
    ['no signature', () => post(PATH, without('x-shopify-hmac-sha256'), body)],
    [
      'an empty signature',
      () =>
        post(
          PATH,
          signed(() => ''),
          body,
        ),
    ],
    [
      'another letter',
      () =>
        post(
          PATH,
          signed((text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1)),
          body,
        ),
    ],
    [
      'a cut signature',
      () =>
        post(
          PATH,
          signed((text) => text.slice(0, -4)),
          body,
        ),
    ],
    [
      'a signature with something behind it',
      () =>
        post(
          PATH,
          signed((text) => `${text}AAAA`),
          body,
        ),
    ],
    [
      'hexadecimal',
      () =>
        post(
          PATH,
          signed((text) => Buffer.from(text, 'base64').toString('hex')),
          body,
        ),
    ],
    ['another secret', () => call({ secret: 'shpss_other' })],
    ['an empty secret', () => call({ secret: '' })],
    ['both secrets as one', () => call({ secret: CLIENT_SECRETS.join('\n') })],
    [
      'malformed JSON that nobody signed',
      () =>
        post(
          PATH,
          signed(() => 'AAAA'),
          '{',
        ),
    ],
  ])('%s: 401 and nothing else', async (_, send) => {
    expect(await send()).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } })
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([])
  })
})

describe('the body', () => {
  test('in chunks is the same body', async () => {
    expect(await post(PATH, shopifyHeaders({ topic: 'orders/paid', shop, body }), body, true)).toMatchObject({
      status: 200,
    })
    expect(await receiptsOf(database, tenant.tenantId)).toHaveLength(1)
  })

  test.each([
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(body), 415],
    ['of another type', { 'content-type': 'text/plain' }, Buffer.from(body), 415],
    ['malformed', {}, Buffer.from('{"id":'), 400],
    ['about nothing', {}, Buffer.from('{"ids":[]}'), 400],
    ['larger than 10 MiB', {}, Buffer.alloc(10 * 1024 * 1024 + 1, 32), 413],
  ])('%s is refused, though signed', async (_, headers, bytes, status) => {
    const given = new Uint8Array(bytes)
    const all = { ...shopifyHeaders({ topic: 'orders/delete', shop, body: given }), ...headers }
    expect(await post(PATH, all, given)).toMatchObject({ status })
    expect(await post(PATH, all, given, true)).toMatchObject({ status })
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([])
  })

  test('of several megabytes is taken', async () => {
    const large = JSON.stringify({ id: 1, note: 'x'.repeat(3_000_000) })
    expect(await call({ body: large })).toMatchObject({ status: 200 })
  })

  test('keeps ids that no double can hold', async () => {
    await call({ topic: 'orders/delete', body: '{"id": 820982911946154508}' })
    expect(await events.of(tenant)).toMatchObject([{ subject: { row_id: '820982911946154508' } }])
  })

  test('about another shop than the header names is refused', async () => {
    const other = JSON.stringify({ shop_domain: 'other.myshopify.com', customer: { id: 1 }, orders_to_redact: [] })
    expect(await call({ topic: 'customers/redact', body: other })).toMatchObject({ status: 400 })
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([])
  })
})

describe('a delivery', () => {
  test('that comes eight times at once is handed on once', async () => {
    const id = uuidv7()
    const answers = await Promise.all(Array.from({ length: 8 }, () => call({ id, topic: 'orders/delete' })))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([{ topic: 'orders/delete', delivery_id: id }])
    expect(await events.of(tenant)).toHaveLength(1)
  })

  test('of a topic that we do not know is taken and counted, and has no work', async () => {
    for (const topic of ['themes/publish', 'constructor']) expect(await call({ topic })).toMatchObject({ status: 200 })
    expect((await receiptsOf(database, tenant.tenantId)).map(({ topic }) => topic)).toEqual([
      'themes/publish',
      'constructor',
    ])
    expect(await events.of(tenant)).toEqual([])
  })

  test('of a shop that nobody connected is taken and forgotten', async () => {
    expect(await call({ shop: 'stranger.myshopify.com' })).toMatchObject({ status: 200, body: { received: true } })
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([])
  })

  test('without its headers is refused, naming them', async () => {
    const { 'x-shopify-topic': _, ...headers } = shopifyHeaders({ topic: '', shop, body })
    expect(await post(PATH, headers, body)).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { topic: [expect.any(String)] } } } },
    })
    expect(await call({ shop: 'evil.tld/acme.myshopify.com' })).toMatchObject({ status: 400 })
  })

  test('goes to every tenant that connected the shop, to each with its own connection', async () => {
    const second = await createTenant(`second ${count}`, {
      accountId: shop.toUpperCase().replace('.MYSHOPIFY.COM', '.myshopify.com'),
    })
    const bystander = await createTenant(`bystander ${count}`, { accountId: `not-${shop}` })
    expect(
      await call({ topic: 'app/uninstalled', body: JSON.stringify({ id: 1, myshopify_domain: shop }) }),
    ).toMatchObject({ status: 200 })
    for (const its of [tenant, second])
      expect(await events.of(its)).toMatchObject([{ integration_id: its.integrationId, brand_id: its.brandId }])
    expect(await events.of(bystander)).toEqual([])
  })

  test('is answered within five seconds when the database hangs, and the next try takes it', async () => {
    const id = uuidv7()
    const release = await holdLocks(database, 'lock table webhook_receipts in access exclusive mode')
    const startedAt = performance.now()
    expect(await call({ id })).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    await release()
    expect(await call({ id })).toMatchObject({ status: 200 })
    expect(await events.of(tenant)).toHaveLength(1)
  }, 15_000)
})

test('every topic that is taken is applied, and the other way round', () => {
  expect(Object.keys(SUBJECTS).sort()).toEqual(Object.keys(SHOP_TOPICS).sort())
})

test('another method, another path', async () => {
  expect(await post('/webhooks/shopify/more', {}, '')).toMatchObject({
    status: 404,
    body: { error: { code: 'NOT_FOUND' } },
  })
})
