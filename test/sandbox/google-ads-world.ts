import { advertises } from '../../scripts/sandbox/google-ads/accounts.ts'
import { tokensOf } from '../../scripts/sandbox/google-ads/tokens.ts'
import type { GoogleAdsRow, GoogleAdsStore, World } from '../../scripts/sandbox/world.ts'
import { worldOf as metaWorldOf } from './meta-world.ts'

export const CUSTOMER_ID = '4651612872'

export const customer = (google_ads: Partial<GoogleAdsStore> = {}): GoogleAdsStore => ({
  customer_id: CUSTOMER_ID,
  revoked: false,
  manager: null,
  customer: { descriptiveName: 'Acme Search', currencyCode: 'USD', timeZone: 'America/New_York', status: 'ENABLED' },
  campaigns: [campaign({})],
  metrics: [],
  ...google_ads,
})

export const campaign = (fields: Record<string, unknown> & { id?: string }, budget = {}): GoogleAdsRow => ({
  campaign: { id: '16820250687', name: 'Brand', status: 'ENABLED', advertisingChannelType: 'SEARCH', ...fields },
  campaignBudget: { id: '1', amountMicros: '750000', ...budget },
})

/** One day as the API reports it in the end: what was spent, and the purchases of its clicks. */
export function day(date: string, { id = '16820250687', conversions = 0, conversionsValue = 0 } = {}): GoogleAdsRow[] {
  const row = { campaign: { id, name: 'Brand' }, segments: { date } }
  // Three sign-ups a day, which are worth something too.
  const all = { conversions: conversions + 3, conversionsValue: conversionsValue + 10.25 }
  const spent = { costMicros: '100000000', impressions: '10000', clicks: '200', ...all }
  const purchases: GoogleAdsRow = {
    ...row,
    segments: { date, conversionActionCategory: 'PURCHASE' },
    metrics: { conversions, conversionsValue },
  }
  return [{ ...row, metrics: spent }, ...(conversions === 0 ? [] : [purchases])]
}

/** A world of these accounts whose clock stands at `now` until the test moves it. */
export function worldOf(now: string, ...accounts: GoogleAdsStore[]): World & { clock: { now: string } } {
  const world = metaWorldOf(now, ...accounts.map(() => null))
  const stores = world.stores.map((store, index) => ({ ...store, google_ads: accounts[index] ?? null }))
  return { ...world, stores }
}

/** A fresh access token of the world's nth account. */
export function tokenIn(world: World, index = 0): string {
  const store = world.stores.filter(advertises)[index]
  if (!store) throw new Error('no such account')
  return tokensOf(world, store).access_token
}
