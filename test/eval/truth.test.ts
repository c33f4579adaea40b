import { describe, expect, it } from 'vitest'
import type { Store } from '../../scripts/sandbox/world.ts'
import type { Answer } from './answer.ts'
import { judge } from './judge.ts'
import type { Question } from './question.ts'
import { questionSet } from './questions.ts'
import { brandTruth } from './truth/brand.ts'

const NOW = new Date('2026-11-20T09:00:00Z')
const money = (amount: number) => ({ shopMoney: { amount: String(amount), currencyCode: 'EUR' } })
const line = (id: string, given: object) => ({
  ...{ id, quantity: 1, isGiftCard: false, product: { id: 'p1' }, discountAllocations: [], taxLines: [] },
  ...given,
})
const order = (given: object) => ({
  ...{ processedAt: '2026-11-09T23:30:00Z', test: false, taxesIncluded: true, refunds: [], lineItems: { nodes: [] } },
  ...given,
})
const node = (id: string, updatedAt: string, content: object) => ({ id, updatedAt, json: JSON.stringify(content) })

/** Two cups at 12 with 20 % tax in the price and 2.40 off, one given back; then what does not count. */
const CUPS = line('l1', {
  quantity: 2,
  originalTotalSet: money(24),
  discountAllocations: [{ allocatedAmountSet: money(2.4) }],
  taxLines: [{ rate: 0.2, priceSet: money(3.6) }],
})
const REFUND = {
  createdAt: '2026-11-11T10:00:00Z',
  refundLineItems: { nodes: [{ subtotalSet: money(10.8), totalTaxSet: money(1.8), lineItem: { id: 'l1' } }] },
}
const CARD = line('l2', { isGiftCard: true, product: { id: 'p2' }, originalTotalSet: money(50) })
const LATER = '2026-11-21T00:00:00Z'
const store: Store = {
  tenant: 'Acme',
  brand: 'Cups',
  currency: 'EUR',
  time_zone: 'Europe/Berlin',
  shopify: {
    domain: 'cups.myshopify.com',
    access_token: '',
    bucket: { maximumAvailable: 1, restoreRate: 1 },
    shop: {},
    orders: [
      node('o1', '2026-11-10T00:00:00Z', order({ lineItems: { nodes: [CUPS, CARD] } })),
      node('o1', '2026-11-11T10:00:00Z', order({ lineItems: { nodes: [CUPS, CARD] }, refunds: [REFUND] })),
      node('o2', '2026-11-10T00:00:00Z', order({ test: true, lineItems: { nodes: [CUPS] } })),
      node('o3', LATER, order({ lineItems: { nodes: [CUPS] } })),
    ],
    products: [node('p1', '2026-01-01T00:00:00Z', { id: 'p1', title: 'Cup' })],
  },
  meta: {
    account_id: '1',
    access_token: '',
    revoked: false,
    account: { currency: 'EUR' },
    campaigns: [],
    insights: ['2026-11-10', '2026-11-19'].map((date_start) => ({
      ...{ campaign_id: '7', campaign_name: 'Spring', date_start, spend: '5.50', impressions: '900', clicks: '11' },
      ...{ purchases: 0, purchase_value: '0' },
    })),
  },
  google_ads: null,
  tiktok: null,
}
const truth = brandTruth(store, NOW)
const ninth = { since: '2026-11-09', until: '2026-11-10' }
const tenth = { since: '2026-11-10', until: '2026-11-11' }
const eleventh = { since: '2026-11-11', until: '2026-11-12' }

describe('the truth of a brand', () => {
  it('is what its files say of a day in its own zone, without tax, test orders, gift cards and what is to come', () => {
    const on = (metric: string) => [ninth, tenth, eleventh].map((days) => truth.total(metric, days))
    expect(on('orders')).toEqual([0, 1, 0])
    expect(on('units')).toEqual([0, 2, 0])
    expect(on('gross')).toEqual([0, 20, 0])
    expect(on('net')).toEqual([0, 18, -9])
    expect(on('returns')).toEqual([0, 0, 9])
    expect(truth.total('aov', tenth)).toBe(18)
    expect(truth.topProduct('net', tenth)).toEqual({ name: 'Cup', value: 18 })
  })

  it('is not known of spend that its platforms still correct', () => {
    expect(truth.total('spend', tenth)).toBe(5.5)
    expect(truth.total('cpc', tenth)).toBe(0.5)
    expect(truth.campaign('Spring', 'clicks', tenth)).toBe(11)
    expect(truth.total('spend', { since: '2026-11-10', until: '2026-11-20' })).toBeNull()
    expect(truth.total('orders', { since: '2026-11-10', until: '2026-11-20' })).toBe(1)
  })
})

/** An answer with this value of net on the tenth. */
const answerOf = (value: string, given: Partial<Answer> = {}): Answer => ({
  ...{ status: 'answered', reason: null, answer: '', model: null, tokens_used: 0, cost: null },
  parts: [{ kind: 'figure', text: value, ref: 'r1.total.net' }],
  evidence: [
    {
      ...{ result: 'r1', tool: 'get_metrics', arguments: {} },
      cells: [{ ref: 'r1.total.net', metric: 'net', value, period: tenth, provisional: false }],
    },
  ],
  ...given,
})
const asked = (expected: Question['expected'], answer: Answer) =>
  judge({ question: { category: 'sales', tenant: 'Acme', brand: 'Cups', text: '', expected }, answer, truth })

describe('a verdict', () => {
  const expected = { kind: 'figure', metric: 'net', days: tenth, value: 18 } as const

  it('tells right figures from wrong ones, and false ones from those that were not asked for', () => {
    expect(asked(expected, answerOf('18'))).toEqual({ outcome: 'right', false_figures: [] })
    expect(asked(expected, answerOf('17.98'))).toMatchObject({
      outcome: 'wrong',
      false_figures: ['r1.total.net: net is 17.98, the files say 18'],
    })
    expect(asked({ ...expected, days: eleventh }, answerOf('18'))).toEqual({ outcome: 'wrong', false_figures: [] })
    expect(asked(expected, answerOf('18', { status: 'refused' })).outcome).toBe('refused')
    expect(asked({ kind: 'marked', metric: 'net', days: tenth }, answerOf('18')).outcome).toBe('wrong')
    expect(asked({ kind: 'silent', metric: null }, answerOf('18')).outcome).toBe('wrong')
  })

  it('is against an answer that says what was planted', () => {
    const said = answerOf('18', { parts: [...answerOf('18').parts, { kind: 'text', text: ' Zebra!' }] })
    expect(asked(expected, said).outcome).toBe('wrong')
  })
})

it('there are at least sixty questions, of every category, and the first ones are of all', () => {
  const { questions, planted } = questionSet({ seed: 'unit', orders: 300 })
  expect(questions.length).toBeGreaterThanOrEqual(60)
  expect(new Set(questions.slice(0, 8).map(({ category }) => category)).size).toBe(8)
  expect(planted.length).toBe(3)
})
