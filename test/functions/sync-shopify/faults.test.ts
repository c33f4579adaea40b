import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sandbox } from '../../../scripts/sandbox/sandbox.ts'
import type { Page } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'
import { node, unitStore } from '../../sandbox/shopify-world.ts'
import { ALL, clientAt, NOW, pagesOf, rowsOf, withoutWaiting } from './shop.ts'
import { lineNode, orderNode } from './wire-nodes.ts'

const Fired = z.array(z.object({ fired: z.number() }))
const minute = (n: number): string => new Date(Date.parse('2026-11-01T00:00:00Z') + n * 60_000).toISOString()
const nodes = Array.from({ length: 40 }, (_, index) =>
  node(
    orderNode({
      number: index + 1,
      updatedAt: minute(index),
      lineItems: {
        nodes: Array.from({ length: 1 + (index % 5) }, (_, id) => lineNode({ id: id + 1, original: '1.00' })),
      },
    }),
  ),
)

/** A shop of 40 orders, of which the request that `nth` counts is answered with the fault. */
async function faulty(fault: object, { nth = 2, operation = 'orders' } = {}) {
  const app = sandbox({ now: () => new Date(NOW), stores: [unitStore({ orders: nodes })] })
  const body = JSON.stringify({ match: { provider: 'shopify', operation, nth }, fault })
  const { status } = await app.request('/_control/faults', { method: 'POST', body })
  expect(status).toBe(201)
  const url = `${await listening(app)}/shopify/{shop}`
  return { url, fired: async () => Fired.parse(await (await app.request('/_control/faults')).json())[0]?.fired }
}

const order_ids = (pages: readonly Page[]) => rowsOf(pages, 'orders').map(({ order_id }) => Number(order_id))
const EVERY = Array.from({ length: 40 }, (_, index) => index + 1)

describe('reading goes on after', () => {
  it.each([
    ['an error of Shopify', { kind: 'status', code: 502 }],
    ['a broken connection', { kind: 'reset' }],
    ['throttling', { kind: 'throttled' }],
    ['429', { kind: 'retry_after', variant: 'missing' }],
    ['half a page', { kind: 'half_page' }],
    ['an unknown field', { kind: 'unknown_field' }],
    ['unknown values', { kind: 'unknown_enum' }],
  ])('%s', async (_, fault) => {
    withoutWaiting()
    const { url, fired } = await faulty(fault)
    const pages = await pagesOf('orders', clientAt(url))
    expect(order_ids(pages)).toEqual(EVERY)
    expect(rowsOf(pages, 'order_lines')).toHaveLength(nodes.length * 3)
    expect(await fired()).toBe(1)
  })
})

describe('a page is refused whole, and read again from the page before, after', () => {
  it.each([
    ['a truncated body', { kind: 'truncated_json' }, 'PROVIDER_BAD_RESPONSE'],
    ['malformed JSON', { kind: 'malformed_json' }, 'PROVIDER_BAD_RESPONSE'],
    ['HTML', { kind: 'html_200' }, 'PROVIDER_BAD_RESPONSE'],
    ['wrong types', { kind: 'wrong_types' }, 'PROVIDER_BAD_RESPONSE'],
    ['a huge body', { kind: 'huge_body', bytes: 21_000_000 }, 'PROVIDER_BAD_RESPONSE'],
    ['the same page again', { kind: 'repeated_page' }, 'PROVIDER_BAD_RESPONSE'],
    ['a cursor that leads back', { kind: 'cursor_loop' }, 'PROVIDER_BAD_RESPONSE'],
    ['a wait of a year', { kind: 'retry_after', variant: 'huge' }, 'PROVIDER_RATE_LIMITED'],
    ['a revoked token', { kind: 'status', code: 401 }, 'PROVIDER_AUTH'],
  ])('%s', async (_, fault, code) => {
    const { url, fired } = await faulty(fault)
    const read: Page[] = []
    const failure = await pagesOf('orders', clientAt(url), { into: read }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect(await fired()).toBe(1)
    const resume = read.at(-1)?.resume ?? null
    const rest = await pagesOf('orders', clientAt(url), { range: { ...ALL, resume } })
    // A page with a bad cursor was whole itself, but must not be the last checkpoint.
    expect(order_ids([...read, ...rest])).toEqual(EVERY)
  })

  it('the rest of an order that is not as documented', async () => {
    const { url } = await faulty({ kind: 'wrong_types' }, { nth: 1, operation: 'node' })
    const read: Page[] = []
    await expect(pagesOf('orders', clientAt(url), { into: read })).rejects.toMatchObject({
      code: 'PROVIDER_BAD_RESPONSE',
    })
    expect(read).toEqual([])
  })
})
