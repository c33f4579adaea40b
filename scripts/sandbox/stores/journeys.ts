import { adClick } from './ad-clicks.ts'
import { ARRIVALS, type Arrival, type Channel } from './arrivals.ts'
import type { Network } from './campaign-kinds.ts'
import { type Campaign, isRunning } from './campaigns.ts'
import { cumulate, type Random } from './random.ts'
import { DAY, instant, MINUTE } from './zone-time.ts'

export type Visit = Omit<Arrival, 'params'> & { at: number; landingPage: string }

type Shop = {
  host: string
  handles: readonly string[]
  /** Of the networks where it has an account. */
  campaigns: Readonly<Partial<Record<Network, readonly Campaign[]>>>
}

const COUNTS = cumulate([0.08, 0.38, 0.24, 0.14, 0.08, 0.05, 0.03])
const CHANNELS: readonly Channel[] = ['meta', 'google-ads', 'tiktok', 'email', 'organic', 'referral', 'direct']
const WEIGHTS = cumulate([0.28, 0.18, 0.08, 0.12, 0.14, 0.05, 0.15])
/** Of the clicks from a network where the brand has an account; the others are unpaid, or an old account's. */
const BY_OWN_ADS: Readonly<Record<Network, number>> = { meta: 0.9, 'google-ads': 0.96, tiktok: 0.94 }

const isNetwork = (channel: Channel): channel is Network => channel in BY_OWN_ADS

/** The campaign whose ad was clicked; null when it was none of the brand's. */
function clicked({ campaigns }: Shop, by: { channel: Channel; at: number }, chance: Random): Campaign | null {
  const { channel, at } = by
  if (!isNetwork(channel)) return null
  const own = campaigns[channel] ?? []
  if (own.length === 0 || !chance.chance(BY_OWN_ADS[channel])) return null
  const running = own.filter((campaign) => isRunning(campaign, at))
  return running[chance.weighted(cumulate(running.map(({ weight, pull }) => weight * pull)))] ?? null
}

function arrival(shop: Shop, at: number, chance: Random): Arrival {
  const channel = CHANNELS[chance.weighted(WEIGHTS)] ?? 'direct'
  const campaign = clicked(shop, { channel, at }, chance)
  return campaign ? adClick(campaign, chance) : ARRIVALS[channel](chance)
}

function visit(shop: Shop, at: number, chance: Random): Visit {
  const { params, ...rest } = arrival(shop, at, chance)
  const query = Object.entries(params)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&')
  const path = chance.chance(0.4) ? '/' : `/products/${chance.pick(shop.handles)}`
  return { at, landingPage: `https://${shop.host}${path}${query ? `?${query}` : ''}`, ...rest }
}

/** The online-store visits of the 30 days before an order, oldest first; the last one is within the hour. */
export function journey(shop: Shop, orderedAt: number, chance: Random): Visit[] {
  const count = chance.weighted(COUNTS)
  const times = Array.from({ length: count }, (_, index) => {
    const before = index === 0 ? chance.int(1, 55) * MINUTE : Math.floor(chance.next() ** 2 * 29 * DAY) + 60 * MINUTE
    return Math.floor((orderedAt - before) / 1000) * 1000
  })
  return times.sort((a, b) => a - b).map((at) => visit(shop, at, chance))
}

const visitNode = (one: Visit, id: number) => ({
  __typename: 'CustomerVisit',
  id: `gid://shopify/CustomerVisit/${id}`,
  occurredAt: instant(one.at),
  landingPage: one.landingPage,
  referrerUrl: one.referrerUrl,
  referralCode: null,
  source: one.source,
  sourceType: one.sourceType,
  sourceDescription: one.sourceDescription,
  utmParameters: one.utm && { ...one.utm, content: null, term: null },
})

/** `customerJourneySummary`; `baseId` leaves room for seven visits. Until it is ready it knows no visits. */
export function journeyNode(
  visits: readonly Visit[],
  context: { ready: boolean; orderIndex: number; baseId: number; orderedAt: number },
) {
  const nodes = context.ready ? visits.map((one, index) => visitNode(one, context.baseId + index)) : []
  const first = context.ready ? visits[0] : undefined
  return {
    ready: context.ready,
    customerOrderIndex: context.ready ? context.orderIndex : null,
    daysToConversion: first ? Math.floor((context.orderedAt - first.at) / DAY) : null,
    momentsCount: context.ready ? { count: nodes.length, precision: 'EXACT' } : null,
    firstVisit: nodes[0] ?? null,
    lastVisit: nodes.at(-1) ?? null,
    moments: { nodes },
  }
}
