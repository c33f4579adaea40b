import { type Campaign, isRunning } from './campaigns.ts'
import { cumulate, type Random } from './random.ts'
import { DAY, instant, MINUTE } from './zone-time.ts'

export type Visit = {
  at: number
  /** The ad campaign that was really clicked, whatever the link's parameters say. */
  campaign: Campaign | null
  landingPage: string
  referrerUrl: string | null
  source: string
  sourceType: string | null
  sourceDescription: string | null
  utm: { source: string | null; medium: string | null; campaign: string | null } | null
}

type Shop = { host: string; campaigns: readonly Campaign[]; handles: readonly string[] }
type Arrival = Omit<Visit, 'at' | 'landingPage'> & { params: Record<string, string> }

const COUNTS = cumulate([0.08, 0.38, 0.24, 0.14, 0.08, 0.05, 0.03])
const KINDS = ['meta', 'google', 'tiktok', 'email', 'organic', 'referral', 'direct'] as const
const WEIGHTS = cumulate([0.3, 0.16, 0.06, 0.12, 0.15, 0.05, 0.16])
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function token(chance: Random, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += ALPHABET[Math.floor(chance.next() * 64)]
  return text
}

const plain = (source: string, referrerUrl: string | null, sourceType: string | null): Arrival => ({
  campaign: null,
  referrerUrl,
  source,
  sourceType,
  sourceDescription: null,
  utm: null,
  params: {},
})

/** Merchants tag by hand: about one link in six is misspelt, half-tagged, untagged or names no known campaign. */
function taggedAsReal(campaign: Campaign, chance: Random): Record<string, string> {
  const good = { utm_source: 'facebook', utm_medium: 'paid_social', utm_campaign: campaign.name, utm_id: campaign.id }
  const draw = chance.next()
  if (draw < 0.03) return { ...good, utm_source: 'facebok', utm_id: '' }
  if (draw < 0.07) return { ...good, utm_id: '' }
  if (draw < 0.1) return {}
  if (draw < 0.13)
    return { ...good, utm_source: 'Facebook', utm_medium: 'Paid_Social', utm_campaign: campaign.name.toUpperCase() }
  if (draw < 0.15) return { ...good, utm_campaign: 'summer_test_v2', utm_id: '' }
  if (draw < 0.17) return { utm_source: 'fb', utm_medium: 'cpc', utm_campaign: campaign.id }
  return good
}

function utmOf(params: Record<string, string>): Visit['utm'] {
  if (!params.utm_source) return null
  return { source: params.utm_source, medium: params.utm_medium ?? null, campaign: params.utm_campaign ?? null }
}

const ARRIVALS: Record<(typeof KINDS)[number], (chance: Random) => Arrival> = {
  meta: (chance) => {
    // An organic click from the network carries fbclid too.
    const params = { fbclid: `IwAR${token(chance, 22)}` }
    return { ...plain('facebook', 'https://l.facebook.com/', 'SOCIAL'), params }
  },
  google: (chance) => {
    const params: Record<string, string> = { gclid: `Cj0KCQiA${token(chance, 24)}` }
    if (chance.chance(0.7)) params.gad_campaignid = String(chance.int(21_000_000_001, 21_000_000_004))
    if (chance.chance(0.4))
      Object.assign(params, {
        utm_source: 'google',
        utm_medium: 'cpc',
        utm_campaign: chance.pick(['Brand Search', 'PMax', 'Shopping | Core']),
      })
    return { ...plain('google', 'https://www.google.com/', 'SEARCH'), params, utm: utmOf(params) }
  },
  tiktok: (chance) => {
    const params = {
      ttclid: `E.C.P.${token(chance, 20)}`,
      utm_source: 'tiktok',
      utm_medium: 'paid',
      utm_campaign: chance.pick(['Spark Ads', 'UGC Test']),
    }
    return { ...plain('tiktok', 'https://www.tiktok.com/', 'SOCIAL'), params, utm: utmOf(params) }
  },
  email: (chance) => {
    const params = {
      utm_source: chance.pick(['newsletter', 'Newsletter', 'flows']),
      utm_medium: 'email',
      utm_campaign: chance.pick(['weekly', 'welcome', 'abandoned_cart', 'winback']),
    }
    return { ...plain('email', null, 'EMAIL'), params, utm: utmOf(params) }
  },
  organic: (chance) =>
    plain('google', chance.chance(0.8) ? 'https://www.google.com/' : 'https://duckduckgo.com/', 'SEO'),
  referral: (chance) =>
    plain('referral', chance.pick(['https://slow-living.example/', 'https://gift-guide.example/best-of/']), 'REFERRAL'),
  direct: () => plain('direct', null, null),
}

function paidMeta(campaign: Campaign, chance: Random): Arrival {
  const tags = taggedAsReal(campaign, chance)
  const params = { ...tags, fbclid: `IwAR${token(chance, 22)}` }
  return {
    ...plain('facebook', 'https://l.facebook.com/', 'SOCIAL'),
    sourceDescription: 'Facebook',
    campaign,
    params,
    utm: utmOf(params),
  }
}

function arrival(shop: Shop, at: number, chance: Random): Arrival {
  const kind = KINDS[chance.weighted(WEIGHTS)] ?? 'direct'
  const running =
    kind === 'meta' && chance.chance(0.9) ? shop.campaigns.filter((campaign) => isRunning(campaign, at)) : []
  if (running.length === 0) return ARRIVALS[kind](chance)
  return paidMeta(
    running[chance.weighted(cumulate(running.map(({ weight }) => weight)))] ?? chance.pick(running),
    chance,
  )
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
