import { describe, expect, it } from 'vitest'
import { clientAt, contextOf, NOW, shopAnswering, withoutWaiting } from './shop.ts'

const QUERY = { text: '{ shop { id } }', variables: {}, points: 10 }
const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  () =>
    Response.json(body, { status, headers })
const text =
  (body: string, status = 200) =>
  () =>
    new Response(body, { status })
const coded = (code: string, cost?: unknown) =>
  json({ errors: [{ message: 'No', extensions: { code } }], ...(cost ? { extensions: { cost } } : {}) })
const costOf = (requestedQueryCost: number, currentlyAvailable: number) => ({
  requestedQueryCost,
  actualQueryCost: null,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable, restoreRate: 100 },
})
const FINE = json({ data: { shop: { id: 'gid://shopify/Shop/1' } } })

describe('answers that are errors', () => {
  it.each([
    ['401', json({ errors: '[API] Invalid API key or access token' }, 401), 'PROVIDER_AUTH'],
    ['402 frozen', json({ errors: 'Unavailable Shop' }, 402), 'PROVIDER_PERMISSION'],
    [
      '403 scope',
      json({ errors: '[API] This action requires merchant approval for read_orders scope.' }, 403),
      'PROVIDER_PERMISSION',
    ],
    ['404', json({ errors: 'Not Found' }, 404), 'PROVIDER_NOT_FOUND'],
    ['404 as HTML', text('<html>', 404), 'PROVIDER_NOT_FOUND'],
    ['406', text('', 406), 'PROVIDER_REJECTED'],
    ['423 locked', json({ errors: 'Locked' }, 423), 'PROVIDER_PERMISSION'],
    ['430 blocked', text('', 430), 'PROVIDER_REJECTED'],
    ['500', text('', 500), 'PROVIDER_UNAVAILABLE'],
    ['503', text('', 503), 'PROVIDER_UNAVAILABLE'],
    ['520', text('', 520), 'PROVIDER_UNAVAILABLE'],
    ['ACCESS_DENIED', coded('ACCESS_DENIED'), 'PROVIDER_PERMISSION'],
    ['MAX_COST_EXCEEDED', coded('MAX_COST_EXCEEDED'), 'PROVIDER_REJECTED'],
    ['undefinedField', coded('undefinedField'), 'PROVIDER_REJECTED'],
    ['INTERNAL_SERVER_ERROR', coded('INTERNAL_SERVER_ERROR'), 'PROVIDER_UNAVAILABLE'],
    ['errors as text', json({ errors: 'Something' }), 'PROVIDER_REJECTED'],
    ['errors as an object', json({ errors: { query: 'Required' } }), 'PROVIDER_REJECTED'],
    [
      'data beside an error',
      json({ data: { shop: null }, errors: [{ message: 'No', extensions: { code: 'ACCESS_DENIED' } }] }),
      'PROVIDER_PERMISSION',
    ],
    ['neither data nor errors', json({}), 'PROVIDER_BAD_RESPONSE'],
    ['a list', json([]), 'PROVIDER_BAD_RESPONSE'],
    ['HTML', text('<!doctype html><h1>Be right back</h1>'), 'PROVIDER_BAD_RESPONSE'],
    ['half a body', text('{"data":{"shop":{"i'), 'PROVIDER_BAD_RESPONSE'],
    ['nothing', text(''), 'PROVIDER_BAD_RESPONSE'],
  ])('%s', async (_, answer, code) => {
    withoutWaiting()
    const { url } = await shopAnswering(answer)
    const failure = await clientAt(url)
      .query(QUERY)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect(JSON.stringify(failure)).not.toContain('shpat_')
  })

  it('name the request but keep nothing of the body', async () => {
    const { url } = await shopAnswering(json({ errors: 'jo@unit.example' }, 403, { 'X-Request-Id': 'r-1' }))
    const failure = await clientAt(url)
      .query(QUERY)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ details: { status: 403, request_id: 'r-1' } })
    expect(JSON.stringify(failure)).not.toContain('jo@')
  })
})

describe('waiting', () => {
  it('lasts as long as the bucket needs for the query', async () => {
    const waits = withoutWaiting()
    const { url, asked } = await shopAnswering(coded('THROTTLED', costOf(750, 120)), FINE)
    expect(await clientAt(url).query(QUERY)).toEqual({ shop: { id: 'gid://shopify/Shop/1' } })
    expect([waits, asked.length]).toEqual([[6300], 2])
  })

  it.each([
    ['seconds', '3.0', [3000]],
    ['a date', new Date(Date.parse(NOW) + 4000).toUTCString(), [4000]],
    ['nothing', null, [2000]],
    ['a negative number', '-5', [2000]],
  ])('after 429 with %s', async (_, header, expected) => {
    const waits = withoutWaiting()
    const { url } = await shopAnswering(
      json({ errors: 'Exceeded' }, 429, header === null ? {} : { 'Retry-After': header }),
      FINE,
    )
    await clientAt(url).query(QUERY)
    expect(waits).toEqual(expected)
  })

  it.each([
    ['a long 429', json({}, 429, { 'Retry-After': '30' }), 30_000],
    ['an endless 429', json({}, 429, { 'Retry-After': '1000000000' }), 3_600_000],
    ['an empty bucket', coded('THROTTLED', costOf(2000, 0)), 20_000],
  ])('of more than ten seconds is left to the caller: %s', async (_, answer, wait_ms) => {
    const waits = withoutWaiting()
    const { url } = await shopAnswering(answer)
    await expect(clientAt(url).query(QUERY)).rejects.toMatchObject({
      code: 'PROVIDER_RATE_LIMITED',
      details: { wait_ms },
    })
    expect(waits).toEqual([])
  })

  it('ends after a few tries', async () => {
    const waits = withoutWaiting()
    const { url, asked } = await shopAnswering(coded('THROTTLED'))
    await expect(clientAt(url).query(QUERY)).rejects.toMatchObject({
      code: 'PROVIDER_RATE_LIMITED',
      details: { wait_ms: 2000 },
    })
    expect([waits.length, asked.length]).toEqual([4, 5])
  })

  it('is no use for a query dearer than the whole bucket', async () => {
    const { url } = await shopAnswering(coded('THROTTLED', costOf(2500, 2000)))
    await expect(clientAt(url).query(QUERY)).rejects.toMatchObject({ details: { graphql_code: 'MAX_COST_EXCEEDED' } })
  })

  it('comes before a query that the bucket cannot serve yet', async () => {
    const waits = withoutWaiting()
    const { url } = await shopAnswering(json({ data: {}, extensions: { cost: costOf(500, 80) } }))
    const client = clientAt(url)
    await client.query({ ...QUERY, points: 500 })
    await client.query({ ...QUERY, points: 500 })
    expect(waits).toEqual([4200])
  })

  it('is not needed for what has flowed in meanwhile', async () => {
    const waits = withoutWaiting()
    let now = Date.parse(NOW)
    const { url } = await shopAnswering(json({ data: {}, extensions: { cost: costOf(500, 80) } }))
    const client = clientAt(url, contextOf({ now: () => new Date(now) }))
    await client.query({ ...QUERY, points: 500 })
    now += 4200
    await client.query({ ...QUERY, points: 500 })
    expect(waits).toEqual([])
  })
})

describe('the shop', () => {
  it('is asked at the version of the queries, with its token', async () => {
    const { url, asked } = await shopAnswering(FINE)
    await clientAt(url).query({ ...QUERY, variables: { after: null } })
    expect(asked).toEqual([
      {
        query: QUERY.text,
        variables: { after: null },
        path: '/unit.myshopify.com/admin/api/2026-10/graphql.json',
        token: 'shpat_unit',
      },
    ])
  })

  it('that answers with another version is noticed', async () => {
    const { url } = await shopAnswering(json({ data: {} }, 200, { 'X-Shopify-API-Version': '2027-01' }))
    const client = clientAt(url)
    await client.query(QUERY)
    expect(client.servedVersion()).toBe('2027-01')
  })

  it.each([
    'unit.myshopify.com.evil.example',
    'evil.example/unit.myshopify.com',
    'unit.myshopify.com@evil.example',
    '-unit.myshopify.com',
    'unit.myshopify.com\n',
    'unit.myshopify.com#',
    'https://unit.myshopify.com',
    'ünit.myshopify.com',
    '127.0.0.1',
    '',
  ])('is never %j', (accountId) => {
    expect(() => clientAt('http://127.0.0.1:1/{shop}', contextOf({ accountId }))).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })
})
