import { describe, expect, it } from 'vitest'
import { NETWORKS } from '../../scripts/sandbox/stores/campaign-kinds.ts'
import { clickKey } from '../../scripts/sandbox/stores/clicks.ts'
import { DEMO_TENANTS } from '../../scripts/sandbox/stores/demo-brands.ts'
import { business, generateStores } from '../../scripts/sandbox/stores/generate.ts'
import { localDay } from '../../scripts/sandbox/stores/zone-time.ts'
import type { Nodes, Store } from '../../scripts/sandbox/world.ts'
import { campaignFinder, earnerOf } from '../../shared/attribution/match.ts'
import { touchOf } from '../../shared/attribution/touch.ts'

const EPOCH = new Date('2026-11-20T10:00:00Z')
const stores = generateStores({ seed: 'unit', tenants: 3, orders: 400, epoch: EPOCH })

// biome-ignore lint/suspicious/noExplicitAny: nodes are free-form JSON
type Node = any
const parsed = (nodes: Nodes): Node[] => nodes.map(({ json }) => JSON.parse(json))
const DIGITS: Record<string, number> = { JPY: 0, KWD: 3 }

/** Minor units of a money bag, read as a whole number. */
const minor = (bag: Node): number => Number(bag.shopMoney.amount.replace('.', ''))
const sum = (rows: Node[], amount: (row: Node) => number): number => rows.reduce((total, row) => total + amount(row), 0)
const taxOf = (row: Node): number => sum(row.taxLines, (line) => minor(line.priceSet))

function checkOrder(order: Node): void {
  const lines = order.lineItems.nodes
  const shipping = order.shippingLines.nodes
  const exclusive = order.taxesIncluded ? 0 : 1
  const is = (name: string, expected: number) => expect(minor(order[name]), `${order.name} ${name}`).toBe(expected)
  for (const line of lines) {
    expect(minor(line.originalTotalSet)).toBe(minor(line.originalUnitPriceSet) * line.quantity)
    expect(minor(line.totalDiscountSet)).toBe(sum(line.discountAllocations, (one) => minor(one.allocatedAmountSet)))
    expect(minor(line.discountedTotalSet)).toBe(minor(line.originalTotalSet) - minor(line.totalDiscountSet))
  }
  is(
    'totalDiscountsSet',
    sum(lines, (line) => minor(line.totalDiscountSet)),
  )
  is('subtotalPriceSet', sum(lines, (line) => minor(line.originalTotalSet)) - minor(order.totalDiscountsSet))
  is('totalTaxSet', sum(lines, taxOf) + sum(shipping, taxOf))
  is(
    'totalPriceSet',
    minor(order.subtotalPriceSet) + minor(order.totalShippingPriceSet) + exclusive * minor(order.totalTaxSet),
  )
  is(
    'totalRefundedSet',
    sum(order.refunds, (refund) => minor(refund.totalRefundedSet)),
  )
  is(
    'currentTotalPriceSet',
    minor(order.currentSubtotalPriceSet) +
      minor(order.currentShippingPriceSet) +
      exclusive * minor(order.currentTotalTaxSet),
  )
  is('netPaymentSet', minor(order.totalReceivedSet) - minor(order.totalRefundedSet))
  const shippingBack = sum(order.refunds, (refund) =>
    sum(refund.refundShippingLines.nodes, (line) => minor(line.subtotalAmountSet)),
  )
  if (!order.cancelledAt || shippingBack > 0)
    is('currentShippingPriceSet', minor(order.totalShippingPriceSet) - shippingBack)
  const [discount, ...others] = order.discountApplications.nodes
  if (discount && others.length === 0) is('totalDiscountsSet', discountOf(discount, lines))
  for (const refund of order.refunds) checkRefund(refund, exclusive)
}

/** What a discount comes to over the goods; gift cards are never discounted. */
function discountOf({ value }: Node, lines: Node[]): number {
  if (value.__typename === 'MoneyV2') return Number(value.amount.replace('.', ''))
  const goods = sum(lines, (line) => (line.isGiftCard ? 0 : minor(line.originalTotalSet)))
  return Math.round((goods * value.percentage) / 100)
}

function checkRefund(refund: Node, exclusive: number): void {
  const goods = sum(
    refund.refundLineItems.nodes,
    (line) => minor(line.subtotalSet) + exclusive * minor(line.totalTaxSet),
  )
  const shipping = sum(
    refund.refundShippingLines.nodes,
    (line) => minor(line.subtotalAmountSet) + exclusive * minor(line.taxAmountSet),
  )
  const adjusted = sum(refund.orderAdjustments.nodes, (one) => minor(one.amountSet))
  const paid = sum(refund.transactions.nodes, (one) => minor(one.amountSet))
  expect(minor(refund.totalRefundedSet)).toBe(paid)
  // An edit pays back the difference without naming lines.
  if (goods + shipping - adjusted > 0) expect(paid).toBe(goods + shipping - adjusted)
}

const all = (pick: (store: Store) => Nodes): Node[] => stores.flatMap((store) => parsed(pick(store)))

describe('generated stores', () => {
  const orders = all(({ shopify }) => shopify.orders)

  it('are the same bytes for the same seed, however many tenants there are, and others for another', () => {
    const again = generateStores({ seed: 'unit', tenants: 1, orders: 400, epoch: EPOCH })
    expect(JSON.stringify(again)).toBe(JSON.stringify(stores.slice(0, again.length)))
    expect(
      JSON.stringify(generateStores({ seed: 'other', tenants: 1, orders: 50, epoch: EPOCH })[0]?.shopify.orders[0]),
    ).not.toBe(JSON.stringify(stores[0]?.shopify.orders[0]))
  })

  it('add up to the last minor unit in every version of every order', () => {
    for (const order of orders) checkOrder(order)
  })

  it('write money with the digits of its currency', () => {
    for (const { currencyCode, totalPriceSet } of orders) {
      const digits = DIGITS[currencyCode] ?? 2
      expect(totalPriceSet.shopMoney.amount).toMatch(digits === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${digits}}$`))
    }
    expect(new Set(stores.map(({ currency }) => currency))).toEqual(new Set(['USD', 'GBP', 'AUD', 'EUR', 'KWD', 'JPY']))
  })

  it('refund a returned order by exactly what its removed units had cost', () => {
    const returned = orders.filter(
      ({ refunds, totalReceivedSet }) =>
        minor(totalReceivedSet) > 0 && refunds.some((refund: Node) => refund.refundLineItems.nodes.length > 0),
    )
    expect(returned.length).toBeGreaterThan(20)
    for (const order of returned) {
      const back = sum(order.refunds, (refund) => sum(refund.refundLineItems.nodes, (line) => minor(line.subtotalSet)))
      expect(minor(order.currentSubtotalPriceSet)).toBe(minor(order.subtotalPriceSet) - back)
    }
  })

  it('hold every kind of trouble that a shop has', () => {
    const some = (name: string, is: (order: Node) => boolean) => expect(orders.some(is), name).toBe(true)
    some('test', ({ test }) => test)
    some('cancelled', ({ cancelledAt }) => cancelledAt !== null)
    some('voided', ({ displayFinancialStatus }) => displayFinancialStatus === 'VOIDED')
    some('refund by amount', ({ refunds }) => refunds.some((refund: Node) => refund.orderAdjustments.nodes.length > 0))
    some('gift card', ({ lineItems }) => lineItems.nodes.some((line: Node) => line.isGiftCard))
    some(
      'edited',
      ({ refunds, lineItems }) =>
        refunds.length > 0 &&
        refunds.every((refund: Node) => refund.refundLineItems.nodes.length === 0) &&
        lineItems.nodes.some((line: Node) => line.currentQuantity < line.quantity),
    )
    some('no journey', ({ customerJourneySummary }) => customerJourneySummary === null)
    some('journey not ready', ({ customerJourneySummary }) => customerJourneySummary?.ready === false)
    some('foreign currency', ({ presentmentCurrencyCode, currencyCode }) => presentmentCurrencyCode !== currencyCode)
  })

  it('come oldest change first and reach past the epoch', () => {
    for (const { shopify } of stores) {
      const times = shopify.orders.map(({ updatedAt }) => updatedAt)
      expect(times).toEqual([...times].sort())
      expect(times.at(-1)?.localeCompare(EPOCH.toISOString())).toBe(1)
      const ids = parsed(shopify.orders)
        .filter(({ createdAt }) => createdAt <= '2026-11-20T10:00:00Z')
        .map(({ id }) => id)
      expect(new Set(ids).size).toBe(400)
    }
  })

  it('sell the products that they show', () => {
    for (const { shopify } of stores) {
      const shown = new Set(parsed(shopify.products).map(({ id }) => id))
      for (const order of parsed(shopify.orders))
        for (const { product } of order.lineItems.nodes) expect(shown.has(product.id)).toBe(true)
    }
  })

  it('give each brand ids of its own and stock that adds up', () => {
    const ids = stores.flatMap(({ shopify }) => [
      ...new Set([...shopify.orders, ...shopify.products].map(({ id }) => id)),
    ])
    expect(new Set(ids).size).toBe(ids.length)
    for (const product of all(({ shopify }) => shopify.products)) {
      const levels = product.variants.nodes.flatMap((variant: Node) => variant.inventoryItem.inventoryLevels.nodes)
      for (const { quantities } of levels) {
        const of = (name: string): number => quantities.find((one: Node) => one.name === name).quantity
        expect(of('on_hand')).toBe(of('available') + of('committed') + of('reserved'))
      }
    }
  })
})

const brands = DEMO_TENANTS.flatMap((tenant) => tenant.brands)
const shops = brands.map((brand, index) => {
  const shop = { brand, seed: 'unit', number: index + 1, base: (index + 1) * 1_000_000, epoch: EPOCH.getTime() }
  return { brand, ...business({ ...shop, count: 400 }) }
})

describe('generated shelves', () => {
  it('hold some weeks of what sells; of two best sellers one runs low and one is out of stock', () => {
    for (const { brand, book, goods } of shops) {
      const perDay = (number: number): number =>
        sum(book.sales, ({ variant, quantity }) => (variant === number && quantity < 4 ? quantity : 0)) / 398
      const covers = goods.variants
        .map(({ number, stock }) => ({ perDay: perDay(number), stock: sum(stock, (units) => units) }))
        .toSorted((a, b) => b.perDay - a.perDay)
      const best = covers.slice(0, 6)
      expect(best.filter(({ stock }) => stock === 0).length, brand.brand).toBeGreaterThan(0)
      expect(best.filter((one) => one.stock > 0 && one.stock < 14 * one.perDay).length).toBeGreaterThan(0)
      const enough = covers.filter((one) => one.stock >= 20 * one.perDay && one.stock > 0)
      expect(enough.length / covers.length).toBeGreaterThan(0.6)
    }
  })
})

describe('generated ad accounts', () => {
  const accounts = shops.flatMap((shop) => shop.accounts.map((account) => ({ account, shop })))
  const clicksOf = ({ account, shop }: (typeof accounts)[number]) =>
    shop.book.orders
      .flatMap(({ visits }) => visits ?? [])
      .filter(({ campaign }) => campaign?.network === account.network)
  const ordersOf = ({ account, shop }: (typeof accounts)[number]) =>
    shop.book.orders.filter(({ visits }) => visits?.some(({ campaign }) => campaign?.network === account.network))

  it('are shown where the brand has them, one of them closed to us', () => {
    for (const [index, { ads }] of brands.entries()) {
      const { meta = null, tiktok = null, google_ads = null } = stores[index] ?? {}
      expect([meta !== null, tiktok !== null, google_ads !== null]).toEqual(
        [ads.meta, ads.tiktok, ads['google-ads']].map((setup) => setup !== undefined),
      )
    }
    expect(accounts.filter(({ account }) => account.revoked).length).toBe(1)
    expect(stores.filter(({ meta, google_ads }) => meta?.revoked || google_ads?.revoked).length).toBe(1)
  })

  it('count on each day the clicks that its buyers made, and claim more orders than they led to', () => {
    for (const one of accounts) {
      const { account, shop } = one
      const clicked = Map.groupBy(clicksOf(one), ({ campaign, at }) =>
        campaign ? clickKey(campaign, localDay(account.time_zone, at)) : '',
      )
      const days = new Map(account.days.map((day) => [clickKey(day.campaign, day.date), day]))
      expect(days.size).toBe(account.days.length)
      for (const [key, visits] of clicked) {
        expect(shop.book.clicks.get(key)?.clicks).toBe(visits.length)
        expect(days.get(key)?.clicks, `${account.id} ${key}`).toBeGreaterThanOrEqual(visits.length)
      }
      const claimed = sum([...days.values()], (day) => day.claimed.orders)
      const led = ordersOf(one).length
      expect(claimed / led, `${shop.brand.brand} ${account.network}`).toBeGreaterThan(1)
      expect(claimed / led).toBeLessThan(1.8)
      expect(sum([...clicked.keys()], (key) => shop.book.clicks.get(key)?.orders ?? 0)).toBe(led)
    }
  })

  it('run whole days of their own zone, oldest first, and pay in their own currency', () => {
    for (const { account, shop } of accounts) {
      const dates = account.days.map(({ date }) => date)
      expect(dates).toEqual(dates.toSorted())
      const rate = shop.brand.ads[account.network]?.currency?.rate ?? 1
      const outside = account.days.filter(({ campaign: { since, until }, date }) => {
        return date < localDay(account.time_zone, since) || date >= localDay(account.time_zone, until ?? 9e12)
      })
      expect(outside).toEqual([])
      const wrong = account.days.filter(({ campaign, date, claimed, spend, clicks, impressions }) => {
        const { orders, value } = shop.book.clicks.get(clickKey(campaign, date)) ?? { orders: 0, value: 0 }
        const due = orders === 0 ? 0 : (value / orders) * claimed.orders * rate
        return spend < 1 || impressions < clicks || clicks < claimed.orders || Math.abs(claimed.value - due) > 0.51
      })
      expect(wrong).toEqual([])
    }
    const abroad = accounts.filter(({ account, shop }) => account.currency !== shop.brand.currency)
    expect(abroad.map(({ account, shop }) => `${shop.brand.brand} ${account.network}`)).toEqual(['Pebblewick tiktok'])
    const elsewhere = accounts.filter(({ account, shop }) => account.time_zone !== shop.brand.time_zone)
    expect(elsewhere.map(({ account, shop }) => `${shop.brand.brand} ${account.network}`)).toEqual([
      'Yuzu & Ash google-ads',
    ])
  })

  it("have ids in their network's form that no other account has", () => {
    const forms = { meta: /^1202\d{14}$/, tiktok: /^1790\d{15}$/, 'google-ads': /^2\d{10}$/ }
    const own = { meta: /^\d{15}$/, tiktok: /^7\d{18}$/, 'google-ads': /^[1-9]\d{9}$/ }
    for (const { account } of accounts) {
      expect(account.id).toMatch(own[account.network])
      for (const { id } of account.campaigns) expect(id).toMatch(forms[account.network])
    }
    const ids = accounts.flatMap(({ account }) => [account.id, ...account.campaigns.map(({ id }) => id)])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("are found by attribution from most of their clicks, and by none of another campaign's", () => {
    for (const network of NETWORKS) {
      const found = { right: 0, none: 0 }
      for (const one of accounts.filter(({ account }) => account.network === network)) {
        const known = { provider: network, since: null, until: null }
        const find = campaignFinder(one.account.campaigns.map(({ id, name }) => ({ ...known, campaign_id: id, name })))
        for (const { campaign, at, landingPage, referrerUrl, source, utm } of clicksOf(one)) {
          const touch = touchOf({ landing_page: landingPage, referrer_url: referrerUrl, source, tactic: null, utm })
          const { campaign_id } = earnerOf({ ...touch, visit_id: '', occurred_at: new Date(at), day: '' }, find)
          expect(['', campaign?.id]).toContain(campaign_id)
          found[campaign_id === '' ? 'none' : 'right'] += 1
        }
      }
      const share = found.right / (found.right + found.none)
      expect(share, network).toBeGreaterThan(0.75)
      expect(share, network).toBeLessThan(0.97)
    }
  })

  it('hold good campaigns and bad ones', () => {
    for (const network of NETWORKS) {
      const own = accounts.filter(({ account }) => account.network === network).flatMap(({ account }) => account.days)
      const returns = [...Map.groupBy(own, ({ campaign }) => campaign)].map(
        ([, days]) => sum(days, ({ claimed }) => claimed.value) / sum(days, ({ spend }) => spend),
      )
      expect([Math.min(...returns) < 1, Math.max(...returns) > 3]).toEqual([true, true])
    }
  })

  it('hold a campaign that has run away: it spends far more than it did, and leads to no more orders', () => {
    const runaway = accounts.filter(({ shop, account }) => shop.brand.ads[account.network]?.runaway)
    expect(runaway.length).toBe(1)
    for (const { account, shop } of runaway) {
      const { campaign: name = '', days: length = 0 } = shop.brand.ads[account.network]?.runaway ?? {}
      const days = account.days.filter(({ campaign, date }) => campaign.name === name && date < '2026-11-20')
      const spent = (some: typeof days): number => sum(some, ({ spend }) => spend) / some.length
      const usual = spent(days.slice(-28 - length, -length))
      expect(spent(days.slice(1 - length)) / usual).toBeGreaterThan(2)
      expect(sum(days.slice(1 - length), ({ claimed }) => claimed.orders)).toBeLessThan(4)
    }
  })
})
