import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { BulkFault } from '../../scripts/sandbox/shopify/bulk/fault.ts'
import { DOMAIN, type Json, node, TOKEN, unitStore } from './shopify-world.ts'

const order = (number: number, lines: number) => {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString()
  const lineItems = Array.from({ length: lines }, (_, line) => ({
    id: `gid://shopify/LineItem/${number}${line}`,
    quantity: 2,
  }))
  const refunds = [{ id: `gid://shopify/Refund/${number}` }]
  return node({
    id: `gid://shopify/Order/${number}`,
    updatedAt: at,
    name: 'a/b',
    lineItems: { nodes: lineItems },
    refunds,
  })
}

const QUERY = (filter = '') =>
  `{ orders(query: "${filter}", sortKey: UPDATED_AT) { edges { node { id name subtotalLineItemsQuantity refunds { id } lineItems { edges { node { id quantity } } } } } } }`
const RUN = `mutation ($query: String!, $grouped: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
  bulkOperation { id status url objectCount } userErrors { field message code } } }`
const LOOK = `query ($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url partialDataUrl } }`

/** A shop whose clock stands still unless a test moves it. */
function shop(orders = [order(1, 2), order(2, 1), order(3, 0)]) {
  const clock = { now: Date.UTC(2026, 10, 20) }
  const app = sandbox({ now: () => new Date(clock.now), stores: [unitStore({ orders })] })
  const ask = async (query: string, variables: Json = {}) => {
    const headers = { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': TOKEN }
    const path = `http://sandbox.test/shopify/${DOMAIN}/admin/api/2026-10/graphql.json`
    const response = await app.request(path, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
    return (await response.json()) as any
  }
  const begin = async (query = QUERY(), grouped = true) =>
    (await ask(RUN, { query, grouped })).data.bulkOperationRunQuery
  const look = async (id: string) => (await ask(LOOK, { id })).data.bulkOperation
  const done = async (id: string) => {
    for (let at = 0; at < 2; at += 1) await look(id)
    return look(id)
  }
  const fail = (outcome: BulkFault) => {
    const match = { provider: 'shopify', operation: 'bulkOperationRunQuery' }
    const body = JSON.stringify({ match, fault: { kind: 'bulk', outcome } })
    return app.request('/_control/faults', { method: 'POST', body })
  }
  const download = async (url: string, range?: string) => {
    const response = await app.request(url, range === undefined ? {} : { headers: { range } })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { clock, ask, begin, look, done, fail, download }
}

const parsed = (text: string): Json[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const ids = (text: string) => parsed(text).map(({ id }) => String(id).replace('gid://shopify/', ''))

describe('a bulk operation', () => {
  it('is created, runs and completes while it is looked at, and costs ten points', async () => {
    const { ask, begin, look } = shop()
    expect((await ask(RUN, { query: QUERY(), grouped: true })).extensions.cost).toMatchObject({
      requestedQueryCost: 10,
      actualQueryCost: 10,
    })
    const { bulkOperation, userErrors } = await begin()
    expect([bulkOperation.status, bulkOperation.url, userErrors]).toEqual(['CREATED', null, []])
    const seen = [await look(bulkOperation.id), await look(bulkOperation.id), await look(bulkOperation.id)]
    expect(seen.map(({ status, objectCount }) => [status, objectCount])).toEqual([
      ['RUNNING', '2'],
      ['RUNNING', '4'],
      ['COMPLETED', '6'],
    ])
    expect(seen[2]).toMatchObject({ rootObjectCount: '3', errorCode: null, partialDataUrl: null })
  })

  it('completes by the clock too, and is found as a node', async () => {
    const { clock, ask, begin } = shop()
    const { bulkOperation } = await begin()
    clock.now += 1_000
    const asNode = '($id: ID!) { node(id: $id) { ... on BulkOperation { status } } }'
    expect((await ask(`query ${asNode}`, { id: bulkOperation.id })).data.node).toEqual({ status: 'COMPLETED' })
  })

  it('gives a line to every object, children after their parent, slashes escaped', async () => {
    const { begin, done, download } = shop()
    const { url, fileSize } = await done((await begin()).bulkOperation.id)
    const { text, headers } = await download(url)
    expect([headers.get('content-length'), String(Buffer.byteLength(text))]).toEqual([fileSize, fileSize])
    expect(text).toContain('"gid:\\/\\/shopify\\/Order\\/1"')
    expect(parsed(text)).toEqual([
      {
        id: 'gid://shopify/Order/1',
        name: 'a/b',
        subtotalLineItemsQuantity: 4,
        refunds: [{ id: 'gid://shopify/Refund/1' }],
      },
      { id: 'gid://shopify/LineItem/10', quantity: 2, __parentId: 'gid://shopify/Order/1' },
      { id: 'gid://shopify/LineItem/11', quantity: 2, __parentId: 'gid://shopify/Order/1' },
      {
        id: 'gid://shopify/Order/2',
        name: 'a/b',
        subtotalLineItemsQuantity: 2,
        refunds: [{ id: 'gid://shopify/Refund/2' }],
      },
      { id: 'gid://shopify/LineItem/20', quantity: 2, __parentId: 'gid://shopify/Order/2' },
      {
        id: 'gid://shopify/Order/3',
        name: 'a/b',
        subtotalLineItemsQuantity: 0,
        refunds: [{ id: 'gid://shopify/Refund/3' }],
      },
    ])
  })

  it('does not group unless it is asked to', async () => {
    const { begin, done, download } = shop()
    const { url } = await done((await begin(QUERY(), false)).bulkOperation.id)
    const roots = ['Order/1', 'Order/2', 'Order/3']
    expect(ids((await download(url)).text)).toEqual([...roots, 'LineItem/10', 'LineItem/11', 'LineItem/20'])
  })

  it('serves what follows a byte', async () => {
    const { begin, done, download } = shop()
    const { url } = await done((await begin()).bulkOperation.id)
    const { text } = await download(url)
    const rest = await download(url, 'bytes=100-')
    expect([rest.status, rest.text]).toEqual([206, text.slice(100)])
    expect(rest.headers.get('content-range')).toBe(`bytes 100-${text.length - 1}/${text.length}`)
    expect((await download(url, `bytes=${text.length}-`)).status).toBe(416)
  })

  it('of nothing has no file', async () => {
    const { begin, done } = shop()
    const operation = await done((await begin(QUERY("updated_at:>'2027-01-01'"))).bulkOperation.id)
    expect(operation).toMatchObject({ status: 'COMPLETED', objectCount: '0', url: null })
  })

  it('is the shop of the moment it began in, also of a large one', async () => {
    const orders = Array.from({ length: 600 }, (_, index) => order(index + 1, 1))
    const { clock, begin, done, download } = shop(orders)
    clock.now = Date.UTC(2026, 0, 1, 9) // 540 minutes
    const { id } = (await begin()).bulkOperation
    clock.now = Date.UTC(2026, 10, 20)
    let operation = await done(id)
    for (; operation.status !== 'COMPLETED'; operation = await done(id)) await setImmediate()
    expect([operation.objectCount, operation.rootObjectCount]).toEqual(['1080', '540'])
    expect(parsed((await download(operation.url)).text)).toHaveLength(1080)
  })
})

describe('a bulk query is refused', () => {
  it.each([
    ['without a connection', '{ shop { id } }', 'at least one connection'],
    ['with a top level node', '{ node(id: "gid://shopify/Order/1") { id } }', 'top level'],
    ['with two top level fields', '{ shop { id } orders { edges { node { id } } } }', 'exactly one'],
    [
      'nested too deep',
      '{ products { edges { node { id variants { edges { node { id inventoryItem { inventoryLevels { edges { node { id } } } } } } } } } } }',
      'depth',
    ],
    [
      'with six connections',
      `{ orders { edges { node { id ${['a', 'b', 'c', 'd', 'e'].map((as) => `${as}: lineItems { edges { node { id } } }`).join(' ')} } } } }`,
      'more than 5',
    ],
    [
      'with a connection in a plain list',
      '{ orders { edges { node { id refunds { refundLineItems { edges { node { id } } } } } } } }',
      'within a list',
    ],
    [
      'with a connection of what is no Node',
      '{ orders { edges { node { id customerJourneySummary { moments { edges { node { occurredAt } } } } } } } }',
      'CustomerMoment does not',
    ],
    ['with an unknown field', '{ orders { edges { node { colour } } } }', "Field 'colour' doesn't exist"],
    ['that cannot be read', '{ orders {', 'Invalid bulk query'],
  ])('%s', async (_, query, message) => {
    const { bulkOperation, userErrors } = await shop().begin(query)
    expect(bulkOperation).toBeNull()
    expect(userErrors).toEqual([{ field: ['query'], code: 'INVALID', message: expect.stringContaining(message) }])
  })
})

describe('five at once, and no more', () => {
  it('until one is done or canceled', async () => {
    const { ask, begin, done } = shop()
    const begun = []
    for (let at = 0; at < 5; at += 1) begun.push((await begin()).bulkOperation.id)
    const busy = { bulkOperation: null, userErrors: [{ field: null, code: 'OPERATION_IN_PROGRESS' }] }
    expect(await begin()).toMatchObject(busy)
    await done(begun[0])
    expect((await begin()).userErrors).toEqual([])
    expect(await begin()).toMatchObject(busy)
    const cancel =
      'mutation ($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }'
    const { bulkOperationCancel } = (await ask(cancel, { id: begun[1] })).data
    expect(bulkOperationCancel).toEqual({ bulkOperation: { status: 'CANCELING' }, userErrors: [] })
    expect((await begin()).userErrors).toEqual([])
    expect((await ask(cancel, { id: begun[0] })).data.bulkOperationCancel.userErrors).toHaveLength(1)
  })
})

describe('on demand', () => {
  it.each([
    ['access_denied', 'FAILED', 'ACCESS_DENIED', false],
    ['failed', 'FAILED', 'INTERNAL_SERVER_ERROR', false],
    ['failed_partial', 'FAILED', 'INTERNAL_SERVER_ERROR', true],
    ['timeout', 'FAILED', 'TIMEOUT', true],
    ['canceled', 'CANCELED', null, false],
    ['expired', 'EXPIRED', null, false],
    ['stuck', 'RUNNING', null, false],
  ] as const)('an operation ends as %s', async (outcome, status, errorCode, hasPart) => {
    const { begin, done, fail } = shop()
    await fail(outcome)
    const operation = await done((await begin()).bulkOperation.id)
    expect([operation.status, operation.errorCode, operation.url]).toEqual([status, errorCode, null])
    expect(operation.partialDataUrl !== null).toBe(hasPart)
  })

  it('a file is cut in a line, cut between lines, or no longer there', async () => {
    const { begin, done, fail, download } = shop()
    const fileOf = async (outcome: BulkFault) => {
      await fail(outcome)
      return download((await done((await begin()).bulkOperation.id)).url)
    }
    expect((await fileOf('cut')).text.endsWith('\n')).toBe(false)
    const { text } = await fileOf('cut_line')
    expect([text.endsWith('}\n'), parsed(text).length < 6]).toEqual([true, true])
    expect((await fileOf('url_expired')).status).toBe(400)
  })

  it('a shop is busy, or refuses the query', async () => {
    const { begin, fail } = shop()
    await fail('in_progress')
    expect((await begin()).userErrors).toMatchObject([{ code: 'OPERATION_IN_PROGRESS' }])
    await fail('refused')
    expect((await begin()).userErrors).toMatchObject([{ code: 'INVALID' }])
  })
})

it('orders are counted up to a limit', async () => {
  const { ask } = shop()
  const count = (args: string) => ask(`{ ordersCount${args} { count precision } }`).then(({ data }) => data.ordersCount)
  expect(await count('')).toEqual({ count: 3, precision: 'EXACT' })
  expect(await count('(limit: 2)')).toEqual({ count: 2, precision: 'AT_LEAST' })
  expect(await count(`(limit: null, query: "updated_at:>'2026-01-01T00:01:00Z'")`)).toEqual({
    count: 2,
    precision: 'EXACT',
  })
})
