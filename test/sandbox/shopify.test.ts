import { describe, expect, it } from 'vitest'
import { type Json, node, shopApi } from './shopify-world.ts'

const order = (number: number, updatedAt: string, more: Json = {}) =>
  node({
    id: `gid://shopify/Order/${number}`,
    name: `#${number}`,
    createdAt: updatedAt,
    processedAt: updatedAt,
    updatedAt,
    ...more,
  })

const minute = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()
const manyOrders = (count: number) => Array.from({ length: count }, (_, index) => order(index + 1, minute(index)))

const LIST = `query($q: String, $c: String, $n: Int!) {
  orders(first: $n, after: $c, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id updatedAt } }
}`

async function readAll(ask: ReturnType<typeof shopApi>, variables: Json): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const { data } = await ask(LIST, { ...variables, c: after })
    ids.push(...data.orders.nodes.map(({ id }: { id: string }) => id))
    if (!data.orders.pageInfo.hasNextPage) return ids
    after = data.orders.pageInfo.endCursor
  }
}

describe('lists of orders', () => {
  it('pages through all of them once, ties of the sort key by id', async () => {
    const tied = [3, 1, 10, 2].map((number) => order(number, minute(0)))
    const ids = await readAll(shopApi({ orders: [...tied, ...[20, 21].map((number) => order(number, minute(1)))] }), {
      n: 2,
    })
    expect(ids.map((id) => id.split('/').at(-1))).toEqual(['1', '2', '3', '10', '20', '21'])
  })

  it('filters by updated_at as a half-open range of whole seconds', async () => {
    const ids = await readAll(shopApi({ orders: manyOrders(10) }), {
      n: 3,
      q: `updated_at:>='${minute(2)}' AND updated_at:<'${minute(5)}'`,
    })
    expect(ids.map((id) => id.split('/').at(-1))).toEqual(['3', '4', '5'])
    const bare = await readAll(shopApi({ orders: manyOrders(10) }), {
      n: 3,
      q: 'updated_at:>2026-01-01T00:07:00Z created_at:<=2026-01-01T00:08:00Z',
    })
    expect(bare.map((id) => id.split('/').at(-1))).toEqual(['9'])
  })

  it('serves the newest version that is not later than now', async () => {
    let now = new Date(minute(5))
    const orders = [order(1, minute(1)), order(2, minute(2)), order(1, minute(9), { name: 'refunded' })]
    const ask = shopApi({ orders, now: () => now })
    const names = async () =>
      (await ask('{ orders(first: 9, sortKey: UPDATED_AT) { nodes { name } } }')).data.orders.nodes.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names()).toEqual(['#1', '#2'])
    now = new Date(minute(9))
    expect(await names()).toEqual(['#2', 'refunded'])
    expect((await ask('{ order(id: "gid://shopify/Order/1") { name } }')).data.order.name).toBe('refunded')
  })

  it('sorts backwards and by another key', async () => {
    const orders = [order(1, minute(5), { createdAt: minute(3) }), order(2, minute(6), { createdAt: minute(1) })]
    const { data } = await shopApi({ orders })(
      '{ a: orders(first: 1, sortKey: CREATED_AT) { nodes { id } } b: orders(first: 1, sortKey: UPDATED_AT, reverse: true) { nodes { id } } }',
    )
    expect([data.a.nodes[0].id, data.b.nodes[0].id]).toEqual(['gid://shopify/Order/2', 'gid://shopify/Order/2'])
  })

  it('ends a list at its 25,000th object', async () => {
    const ask = shopApi({ orders: manyOrders(25_100) })
    const ids = await readAll(ask, { n: 250 })
    expect(new Set(ids).size).toBe(25_000)
    const rest = await readAll(ask, { n: 250, q: `updated_at:>='${minute(24_999)}'` })
    expect(rest.length).toBe(101)
  })
})

describe('nested lists', () => {
  const lines = Array.from({ length: 300 }, (_, index) => ({ id: `gid://shopify/LineItem/${index + 1}`, quantity: 1 }))
  const refund = {
    id: 'gid://shopify/Refund/7',
    refundLineItems: { nodes: lines.slice(0, 5).map((lineItem) => ({ quantity: 1, lineItem })) },
  }
  const big = order(1, minute(0), { lineItems: { nodes: lines }, refunds: [refund, { id: 'gid://shopify/Refund/8' }] })

  it('are cut at `first` and completed by the parent’s id', async () => {
    const ask = shopApi({ orders: [big] })
    const first = await ask(
      '{ orders(first: 1) { nodes { id lineItems(first: 3) { pageInfo { hasNextPage endCursor } edges { cursor node { id } } } } } }',
    )
    const page = first.data.orders.nodes[0].lineItems
    expect(page.pageInfo).toEqual({ hasNextPage: true, endCursor: page.edges[2].cursor })
    const seen = page.edges.map((edge: Json & { node: Json }) => edge.node.id)
    for (let after = page.pageInfo.endCursor, more = true; more; ) {
      const query =
        'query($after: String) { node(id: "gid://shopify/Order/1") { ... on Order { lineItems(first: 250, after: $after) { pageInfo { hasNextPage endCursor } nodes { id } } } } }'
      const { lineItems } = (await ask(query, { after })).data.node
      seen.push(...lineItems.nodes.map(({ id }: Json) => id))
      after = lineItems.pageInfo.endCursor
      more = lineItems.pageInfo.hasNextPage
    }
    expect(seen).toEqual(lines.map(({ id }) => id))
  })

  it('reaches refunds by their own id, cuts plain lists, and answers missing lists as empty', async () => {
    const query = `{ orders(first: 1) { nodes { refunds(first: 1) { id } transactions { id } } }
      nodes(ids: ["gid://shopify/Refund/7", "gid://shopify/Refund/9"]) { __typename ... on Refund { id order { name } refundLineItems(first: 2) { pageInfo { hasNextPage } nodes { lineItem { id } } } } } }`
    const { data } = await shopApi({ orders: [big] })(query)
    expect(data.orders.nodes[0]).toEqual({ refunds: [{ id: refund.id }], transactions: [] })
    const nodes = [{ lineItem: { id: lines[0]?.id } }, { lineItem: { id: lines[1]?.id } }]
    expect(data.nodes).toEqual([
      {
        __typename: 'Refund',
        id: refund.id,
        order: { name: '#1' },
        refundLineItems: { pageInfo: { hasNextPage: true }, nodes },
      },
      null,
    ])
  })

  it('picks inventory quantities by name and links a variant to its product', async () => {
    const quantities = ['available', 'on_hand'].map((name) => ({ name, quantity: 4 }))
    const inventoryItem = {
      id: 'gid://shopify/InventoryItem/5',
      updatedAt: minute(0),
      inventoryLevels: { nodes: [{ id: 'gid://shopify/InventoryLevel/1?inventory_item_id=5', quantities }] },
    }
    const variants = { nodes: [{ id: 'gid://shopify/ProductVariant/5', updatedAt: minute(0), inventoryItem }] }
    const products = [node({ id: 'gid://shopify/Product/1', title: 'Cup', updatedAt: minute(0), variants })]
    const query = `{ productVariants(first: 5) { nodes { id product { title } } }
      inventoryItem(id: "gid://shopify/InventoryItem/5") { variant { product { title } } inventoryLevels(first: 5) { nodes { quantities(names: ["available"]) { name quantity } } } } }`
    const { data } = await shopApi({ products })(query)
    expect(data.productVariants.nodes).toEqual([{ id: 'gid://shopify/ProductVariant/5', product: { title: 'Cup' } }])
    expect(data.inventoryItem).toEqual({
      variant: { product: { title: 'Cup' } },
      inventoryLevels: { nodes: [{ quantities: [{ name: 'available', quantity: 4 }] }] },
    })
  })
})

describe('cost', () => {
  it('is asked for by size and charged by what came back', async () => {
    const orders = [
      order(1, minute(0), { customer: { id: 'gid://shopify/Customer/1' }, lineItems: { nodes: [{ id: 'a' }] } }),
    ]
    const { cost } = await shopApi({ orders })(
      '{ orders(first: 10) { nodes { id customer { id } lineItems(first: 5) { nodes { id } } refunds(first: 4) { id } } } }',
    )
    // 2 + 10 × (order 1 + customer 1 + lines (2 + 5 × 1) + refunds 4 × 1); came back: 2 + 1 + 1 + (2 + 1) + 0
    expect([cost.requestedQueryCost, cost.actualQueryCost]).toEqual([132, 7])
  })

  it('refuses a query above 1,000 points', async () => {
    const { code, body } = await shopApi({})(
      '{ orders(first: 250) { nodes { lineItems(first: 2) { nodes { id } } } } }',
    )
    expect([code, body.errors[0].extensions.cost, body.data]).toEqual(['MAX_COST_EXCEEDED', 1252, undefined])
  })

  it('throttles with HTTP 200 until the bucket has refilled', async () => {
    let now = Date.UTC(2026, 0, 2)
    const ask = shopApi({
      orders: manyOrders(60),
      bucket: { maximumAvailable: 100, restoreRate: 10 },
      now: () => new Date(now),
    })
    const query = '{ orders(first: 50) { nodes { id } } }'
    expect((await ask(query)).cost.throttleStatus.currentlyAvailable).toBe(48)
    const throttled = await ask(query)
    expect([
      throttled.status,
      throttled.code,
      throttled.data,
      throttled.cost.requestedQueryCost,
      throttled.cost.actualQueryCost,
    ]).toEqual([200, 'THROTTLED', undefined, 52, null])
    now += 400
    expect((await ask(query)).code).toBeUndefined()
  })
})

describe('errors', () => {
  const ask = shopApi({})

  it.each([
    ['a field that does not exist', '{ orders(first: 1) { nodes { colour } } }', 'undefinedField'],
    ['an unknown argument', '{ orders(first: 1, colour: 1) { nodes { id } } }', 'argumentNotAccepted'],
    ['a connection without size', '{ orders { nodes { id } } }', 'BAD_REQUEST'],
    ['a page above 250', '{ orders(first: 251) { nodes { id } } }', 'BAD_REQUEST'],
    ['a cursor of another list', '{ orders(first: 1, after: "eyJvZmZzZXQiOjF9") { nodes { id } } }', 'BAD_REQUEST'],
    ['a syntax error', '{ orders(', 'syntaxError'],
    ['a missing variable', 'query($n: Int!) { orders(first: $n) { nodes { id } } }', 'INVALID_VARIABLE'],
  ])('answers %s', async (_, query, code) => {
    const answer = await ask(query)
    expect([answer.status, answer.code, answer.data]).toEqual([200, code, undefined])
  })

  it('words an unknown field as the Admin API does', async () => {
    const { body } = await ask('{ shop { colour } }')
    expect(body.errors).toEqual([
      {
        message: "Field 'colour' doesn't exist on type 'Shop'",
        locations: [{ line: 1, column: 10 }],
        extensions: { code: 'undefinedField', typeName: 'Shop', fieldName: 'colour' },
      },
    ])
  })

  it('knows its shops and their tokens, and falls forward from a retired version', async () => {
    expect((await ask('{ shop { id } }', {}, { token: 'shpat_other' })).status).toBe(401)
    expect((await ask('{ shop { id } }', {}, { domain: 'other.myshopify.com' })).status).toBe(404)
    const old = await ask('{ shop { name } }', {}, { version: '2024-04' })
    expect([old.data.shop.name, old.headers.get('x-shopify-api-version')]).toEqual(['Unit', '2026-01'])
  })
})
