import { expect, it } from 'vitest'
import type { AdAccount } from '../../scripts/sandbox/stores/ad-day.ts'
import { generateStores } from '../../scripts/sandbox/stores/generate.ts'
import { googleAdsStore } from '../../scripts/sandbox/stores/google-ads-account.ts'
import { random } from '../../scripts/sandbox/stores/random.ts'

const EPOCH = Date.parse('2026-11-20T10:00:00Z')

/** One day of 123.45, in a currency of so many decimals. */
function accountIn(currency: string): AdAccount {
  const campaign = {
    network: 'google-ads' as const,
    ...{ id: '21000000001', name: 'Brand', objective: 'SEARCH', weight: 0.5, pull: 1, cpm: 10, clickRate: 0.1 },
    ...{ since: Date.parse('2026-10-01T04:00:00Z'), until: Date.parse('2026-11-01T04:00:00Z') },
  }
  const claimed = { orders: 2, value: 10_000 }
  return {
    ...{ network: 'google-ads', id: '4100000001', currency, time_zone: 'America/New_York', revoked: false },
    brand: { brand: 'Acme' } as AdAccount['brand'], // its name is all that is shown
    campaigns: [campaign],
    days: [{ campaign, date: '2026-10-05', spend: 12_345, impressions: 900, clicks: 40, claimed }],
    dailyBudget: 10_000,
    epoch: EPOCH,
  }
}

it.each([
  ['USD', '123450000', '50000000', 100],
  ['JPY', '12345000000', '5000000000', 10_000],
  ['KWD', '12345000', '5000000', 10],
])('shows money of %s in micros, and conversions as fractions', (currency, cost, budget, value) => {
  const { campaigns, metrics } = googleAdsStore(accountIn(currency), random('unit'))
  expect(campaigns).toMatchObject([
    {
      campaign: { status: 'PAUSED', startDateTime: '2026-10-01 00:00:00', endDateTime: '2026-10-31 23:59:59' },
      campaignBudget: { amountMicros: budget },
    },
  ])
  const [spent, bought] = metrics
  expect(spent?.metrics).toMatchObject({ costMicros: cost, impressions: '900', clicks: '40' })
  expect(bought?.segments).toEqual({ date: '2026-10-05', conversionActionCategory: 'PURCHASE' })
  const { conversions = 0, conversionsValue = 0 } = bought?.metrics ?? {}
  expect(Number(conversions) % 1).toBeGreaterThan(0)
  expect(Number(conversionsValue) / Number(conversions)).toBeCloseTo(value / 2, 3)
  expect(Number(spent?.metrics?.conversions)).toBeGreaterThan(Number(conversions))
})

it('is the same for the same seed, oldest day first', () => {
  const generated = () => generateStores({ seed: 'unit', tenants: 1, orders: 60, epoch: new Date(EPOCH) })
  const [store] = generated()
  expect(store?.google_ads).toEqual(generated()[0]?.google_ads)
  const days = store?.google_ads?.metrics.map(({ segments }) => segments?.date ?? '') ?? []
  expect(days.length).toBeGreaterThan(1_000)
  expect(days).toEqual([...days].sort())
})
