import { describe, expect, it } from 'vitest'
import type { BulkFault } from '../../../scripts/sandbox/shopify/bulk/fault.ts'
import type { Json } from '../../sandbox/shopify-world.ts'
import { allRows, bulkShop, onePlan, readInSlices } from './bulk-shop.ts'
import { ALL, clientAt, HISTORY, NOW, pagesOf, rowsOf } from './shop.ts'
import { journeyNode, lineNode, orderNode, refundNode, transactionNode, visitNode } from './wire-nodes.ts'

const minute = (n: number): string => new Date(Date.parse('2026-11-01T00:00:00Z') + n * 60_000).toISOString()
const small = (count: number): Json[] =>
  Array.from({ length: count }, (_, index) => orderNode({ number: index + 1, updatedAt: minute(index) }))

const lines = (count: number) => ({
  nodes: Array.from({ length: count }, (_, id) =>
    lineNode({ id: id + 1, original: '1.19', taxes: [{ rate: 0.19, price: '0.19' }] }),
  ),
})
const visits = (count: number) => Array.from({ length: count }, (_, id) => visitNode(id + 1))
const LARGE = {
  taxesIncluded: true,
  lineItems: lines(300),
  customerJourneySummary: journeyNode(visits(40)),
  transactions: [
    transactionNode({ id: 1, amount: '357.00', fees: [{ amount: '8.57' }] }),
    transactionNode({ id: 2, amount: '71.40', kind: 'REFUND' }),
    transactionNode({ id: 3, amount: '1.00', test: true }),
  ],
  refunds: [
    refundNode({
      total: '71.40',
      adjustments: [{ amount: '-1.00' }, { amount: '-2.00' }, { amount: '-3.00' }],
      lines: Array.from({ length: 60 }, (_, at) => ({ line: at + 1, subtotal: '1.19', tax: '0.19' })),
    }),
  ],
}
/** One of each kind that Shopify tells in its own way. */
const MIXED: Json[] = [
  LARGE,
  { name: 'a/b "c" \\ é €', lineItems: { nodes: [] } },
  { customerJourneySummary: journeyNode(visits(1)) },
  { customerJourneySummary: journeyNode(visits(2)) },
  { customerJourneySummary: journeyNode([]) },
  { customerJourneySummary: journeyNode([], false) },
  { customerJourneySummary: { ...journeyNode(visits(2)), moments: null } },
  { lineItems: { nodes: [{ ...lineNode({ original: '0.01' }), id: 'gid://shopify/LineItem/9007199254740993' }] } },
  {
    lineItems: lines(4),
    refunds: [refundNode({ id: 8, lines: [] }), refundNode({ id: 9, lines: [{ subtotal: '1.19' }] })],
  },
  { test: true, customer: null, cancelledAt: minute(0), currencyCode: 'JPY', totalTaxSet: null },
].map((fields, index) => orderNode({ number: index + 1, updatedAt: minute(index), ...fields }))

const isChild = (line: string): boolean => line.includes('__parentId')
const paged = async (url: string) => allRows(await pagesOf('orders', clientAt(url)))
/** Some of them, and the rows they are. */
const SOME = MIXED.slice(1)
let rowsOfSome: ReturnType<typeof paged> | undefined
const somePaged = (url: string) => {
  rowsOfSome ??= paged(url)
  return rowsOfSome
}
const begun = (asked: readonly string[]) => asked.filter((one) => one === 'bulkOperationRunQuery').length
const listed = (asked: readonly string[]) => asked.includes('orders')

describe('orders read by a file', () => {
  it('are the same rows as those read by pages', async () => {
    const { url, asked, fileTokens } = await bulkShop(MIXED)
    const { pages, waits } = await readInSlices(url)
    expect(listed(asked)).toBe(false)
    const rows = allRows(pages)
    expect(rows).toEqual(await paged(url))
    expect([rows.order_lines?.length, rows.refund_lines?.length, rows.order_transactions?.length]).toEqual([311, 61, 2])
    expect(waits).toEqual([1_000, 1_500, 2_250])
    expect(fileTokens).toEqual([null])
  })

  it('come in blocks; after any of them reading goes on there, whether the server knows ranges or not', async () => {
    const { url, asked, control } = await bulkShop(small(600))
    const whole = await readInSlices(url)
    const blocks = whole.pages.filter(({ count }) => count > 0)
    expect(blocks.map(({ count }) => count)).toEqual([250, 250, 100])
    const wanted = allRows(blocks.slice(1))
    const first = blocks[0]?.resume ?? null
    expect(allRows((await readInSlices(url, { resume: first })).pages)).toEqual(wanted)
    expect(asked.at(-1)).toMatch(/^file bytes=\d{6}-$/)
    control.intercept = async (request, answer) => {
      if (!request.url.includes('/_bulk/')) return answer()
      return answer(new Request(request.url))
    }
    expect(allRows((await readInSlices(url, { resume: first })).pages)).toEqual(wanted)
  })

  it('are taken as they come: of a file without an end block after block', async () => {
    const { url, control } = await bulkShop(small(1))
    const left = Promise.withResolvers<void>()
    control.intercept = async (request, answer) => {
      if (!request.url.includes('/_bulk/')) return answer()
      const text = Buffer.from(await (await answer()).text())
      return new Response(new ReadableStream({ pull: (to) => to.enqueue(text), cancel: () => left.resolve() }))
    }
    const { pages } = await readInSlices(url, { until: ({ count }) => count > 0 })
    expect(pages.at(-1)?.count).toBe(250)
    await left.promise
  })

  it('of a window without any are none, and of windows beside each other each comes once', async () => {
    const { url } = await bulkShop(small(3))
    const window = (since: string, until: string) => ({ since, until, at: 0, seen: 0, failures: 0 })
    const [a, b, c, d] = ['2026-10-01T00:00:00Z', minute(1), minute(2), NOW].map((at) => new Date(at).toISOString())
    const bulk = [window(a ?? '', b ?? ''), window(b ?? '', c ?? ''), window(c ?? '', d ?? '')]
    const { pages } = await readInSlices(url, { resume: { bulk, waits: 0 } })
    expect(rowsOf(pages, 'orders').map(({ order_id }) => order_id)).toEqual(['1', '2', '3'])
    const none = await readInSlices(url, { resume: onePlan('2026-11-10T00:00:00Z') })
    expect(none.pages.at(-1)).toEqual({ rows: {}, count: 0, position: null, resume: null })
  })

  it('are as far as everything before them has been read', async () => {
    const { url } = await bulkShop(small(600))
    const { pages } = await readInSlices(url)
    const positions = pages.filter(({ count }) => count > 0).map(({ position }) => position)
    expect(positions).toEqual(Array(3).fill('2026-10-01T00:00:00Z'))
  })
})

describe('a file that failed is made again, and nothing of it is used:', () => {
  it.each<[BulkFault, number]>([
    ['failed', 2],
    ['failed_partial', 2],
    ['canceled', 2],
    ['expired', 2],
    ['url_expired', 2],
    ['cut', 2],
    ['cut_line', 2],
    ['timeout', 3], // in halves
  ])('%s', async (fault, operations) => {
    const { url, asked } = await bulkShop(SOME, [fault])
    const { pages } = await readInSlices(url)
    expect([begun(asked), listed(asked)]).toEqual([operations, false])
    expect(allRows(pages)).toEqual(await somePaged(url))
  })

  it('one with an order that was deleted since', async () => {
    const orders = [...small(2), orderNode({ number: 9, updatedAt: minute(9), refunds: [refundNode({ lines: [] })] })]
    const { url, asked, control } = await bulkShop(orders)
    let deleted = false
    control.intercept = async (request, answer) => {
      const body = request.method === 'POST' ? await request.text() : ''
      if (deleted || !body.includes('p0: node')) return answer()
      deleted = true
      return Response.json({ data: { p0: null } })
    }
    expect(rowsOf((await readInSlices(url)).pages, 'orders')).toHaveLength(3)
    expect(begun(asked)).toBe(2)
  })
})

describe('pages are read instead', () => {
  it.each<[string, BulkFault[], number]>([
    ['after three failures', ['failed', 'cut', 'expired'], 3],
    ['when children do not follow their parents', ['ungrouped'], 1],
    ['when Shopify refuses the query', ['refused'], 1],
  ])('%s', async (_, faults, operations) => {
    const { url, asked } = await bulkShop(SOME, faults)
    const { pages } = await readInSlices(url)
    expect([begun(asked), listed(asked)]).toEqual([operations, true])
    expect(allRows(pages)).toEqual(await somePaged(url))
    const drift = Object.assign({}, ...pages.map((page) => page.drift))
    expect(drift).toEqual(faults[0] === 'refused' ? { 'bulkOperationRunQuery=INVALID': 1 } : {})
  })

  it.each<[string, (lines: string[]) => string[]]>([
    ['all children stand at the end', (all) => [...all.filter((one) => !isChild(one)), ...all.filter(isChild)]],
    ['one child stands below another parent', ([parent = '', a = '', b = '', ...rest]) => [parent, a, ...rest, b]],
  ])('before an order is written without its lines: %s', async (_, disordered) => {
    const { url, control } = await bulkShop(small(300).map((order) => ({ ...order, lineItems: lines(2) })))
    control.intercept = async (request, answer) => {
      if (!request.url.includes('/_bulk/')) return answer()
      const text = await (await answer()).text()
      return new Response(`${disordered(text.trimEnd().split('\n')).join('\n')}\n`)
    }
    const { pages } = await readInSlices(url)
    expect(rowsOf(pages, 'orders')).toHaveLength(300)
    for (const page of pages) expect(rowsOf([page], 'order_lines')).toHaveLength(2 * page.count)
  })

  it('when a line stands below another order, for which it is never taken', async () => {
    const { url, control } = await bulkShop(small(20).map((order) => ({ ...order, lineItems: lines(2) })))
    control.intercept = async (request, answer) => {
      if (!request.url.includes('/_bulk/')) return answer()
      const [parent = '', ...others] = (await (await answer()).text()).trimEnd().split('\n')
      const [first = '', second = '', ...rest] = others
      const lessThanItHas = parent.replace('"subtotalLineItemsQuantity":2', '"subtotalLineItemsQuantity":1')
      return new Response([lessThanItHas, first, ...rest, second].join('\n'))
    }
    expect(allRows((await readInSlices(url)).pages)).toEqual(await paged(url))
  })

  it('when an operation takes longer than half a day; it is canceled', async () => {
    const { url, asked } = await bulkShop(small(30), ['stuck'])
    let now = Date.parse(NOW)
    const onWait = () => {
      now += 60 * 60_000
    }
    const { pages, waits } = await readInSlices(url, { onWait, now: () => new Date(now) })
    expect(rowsOf(pages, 'orders')).toHaveLength(30)
    expect(asked).toContain('bulkOperationCancel')
    expect(waits.slice(-4)).toEqual([38_443, 57_665, 60_000, 60_000])
  })

  it('and go on where they stood', async () => {
    const { url } = await bulkShop(small(30), ['ungrouped'])
    const stopped = await readInSlices(url, { until: (page) => page.count > 0 })
    const rest = await readInSlices(url, { resume: stopped.resume })
    const ids = (pages: typeof rest.pages) => rowsOf(pages, 'orders').map(({ order_id }) => Number(order_id))
    expect(ids([...stopped.pages, ...rest.pages])).toEqual(small(30).map((_, index) => index + 1))
  })
})

describe('Shopify', () => {
  it('that runs as many operations as it may is asked again later', async () => {
    const { url, asked } = await bulkShop(SOME, ['in_progress', 'in_progress'])
    const { pages, waits } = await readInSlices(url)
    expect([begun(asked), waits.slice(0, 3)]).toEqual([3, [1_000, 1_500, 2_250]])
    expect(allRows(pages)).toEqual(await somePaged(url))
  })

  it('works at five windows at once, and begins the next when one has been read', async () => {
    const { url, asked } = await bulkShop(small(7))
    const instant = (n: number) => new Date(minute(n)).toISOString()
    const bulk = Array.from({ length: 7 }, (_, n) => ({
      since: instant(n),
      until: instant(n + 1),
      at: 0,
      seen: 0,
      failures: 0,
    }))
    const { pages } = await readInSlices(url, { resume: { bulk, waits: 0 } })
    expect(rowsOf(pages, 'orders').map(({ order_id }) => order_id)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(asked.slice(0, 6)).toEqual([...Array(5).fill('bulkOperationRunQuery'), 'bulkOperation'])
    expect(begun(asked)).toBe(7)
  })

  it('that denies access needs a person', async () => {
    const { url } = await bulkShop(SOME, ['access_denied'])
    await expect(readInSlices(url)).rejects.toMatchObject({ code: 'PROVIDER_PERMISSION' })
  })

  it.each(['http://elsewhere.example/file', 'ftp://elsewhere.example/file', 'no address'])(
    'is not followed to %s',
    async (address) => {
      const { url, control } = await bulkShop(small(1))
      control.intercept = async (_, answer) => {
        const response = await answer()
        return new Response((await response.text()).replace(/"url":"[^"\\]*(\\.[^"\\]*)*"/, `"url":"${address}"`))
      }
      await expect(readInSlices(url)).rejects.toMatchObject({
        code: 'PROVIDER_BAD_RESPONSE',
        message: expect.stringContaining('https'),
      })
    },
  )
})

describe('a range', () => {
  const surveyed = async (range: object, orders = 3) => {
    const { url, asked, control } = await bulkShop(small(orders))
    control.intercept = async (_, answer) => {
      const response = await answer()
      return new Response((await response.text()).replace(/"ordersCount":\{"count":\d+/, '"ordersCount":{"count":5000'))
    }
    await readInSlices(url, { resume: null, range: { ...HISTORY, ...range } })
    return asked.filter((one) => ['ordersCount', 'orders', 'bulkOperationRunQuery'].includes(one))
  }

  it.each<[string, object, string[]]>([
    ['without a beginning', {}, ['ordersCount', 'bulkOperationRunQuery']],
    ['of more than a month', { since: new Date('2026-10-20T00:00:00Z') }, ['ordersCount', 'bulkOperationRunQuery']],
    ['of a month', ALL, ['orders']],
  ])('%s', async (_, range, expected) => {
    expect(await surveyed(range)).toEqual(expected)
  })

  it('with few orders is read by pages', async () => {
    const { url, asked } = await bulkShop(small(3))
    await readInSlices(url, { resume: null })
    expect(asked).toEqual(['ordersCount', 'orders'])
  })
})
