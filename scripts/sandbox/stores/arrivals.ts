import type { Network } from './campaign-kinds.ts'
import type { Campaign } from './campaigns.ts'
import type { Random } from './random.ts'

export type Utm = { source: string | null; medium: string | null; campaign: string | null }

/** How somebody came to the shop, and what the link said of it. */
export type Arrival = {
  /** The ad campaign that was really clicked, whatever the link's parameters say. */
  campaign: Campaign | null
  referrerUrl: string | null
  source: string
  sourceType: string | null
  sourceDescription: string | null
  utm: Utm | null
  /** Of the landing page; empty ones are left out. */
  params: Readonly<Record<string, string>>
}

export type Channel = Network | 'email' | 'organic' | 'referral' | 'direct'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function token(chance: Random, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += ALPHABET[Math.floor(chance.next() * 64)]
  return text
}

/** The id that the network adds to the landing page of a click. On some phones Google sends another one. */
export const clickId: Readonly<Record<Network, (chance: Random) => Record<string, string>>> = {
  meta: (chance) => ({ fbclid: `IwAR${token(chance, 22)}` }),
  tiktok: (chance) => ({ ttclid: `E.C.P.${token(chance, 20)}` }),
  'google-ads': (chance) => {
    const name = chance.chance(0.08) ? 'gbraid' : 'gclid'
    return { gad_source: '1', [name]: `${name === 'gclid' ? 'Cj0KCQiA' : '0AAAAA'}${token(chance, 24)}` }
  },
}

function plain(source: string, referrerUrl: string | null, sourceType: string | null): Arrival {
  return { campaign: null, referrerUrl, source, sourceType, sourceDescription: null, utm: null, params: {} }
}

/** The shop reads a link's tags only where it names a source. */
function tagged(arrival: Arrival, params: Readonly<Record<string, string>>): Arrival {
  const { utm_source, utm_medium = null, utm_campaign = null } = params
  return {
    ...arrival,
    params,
    utm: utm_source ? { source: utm_source, medium: utm_medium, campaign: utm_campaign } : null,
  }
}

const PAGES: Readonly<Record<Network, Arrival>> = {
  meta: plain('facebook', 'https://l.facebook.com/', 'SOCIAL'),
  tiktok: plain('tiktok', 'https://www.tiktok.com/', 'SOCIAL'),
  'google-ads': plain('google', 'https://www.google.com/', 'SEARCH'),
}

/** From a network's own pages, by a link with these parameters. */
export const fromNetwork = (network: Network, params: Readonly<Record<string, string>>): Arrival =>
  tagged(PAGES[network], params)

/** By no ad of the brand's own accounts: unpaid, or bought by somebody else. */
export const ARRIVALS: Readonly<Record<Channel, (chance: Random) => Arrival>> = {
  // An unpaid click from the network carries fbclid too.
  meta: (chance) => fromNetwork('meta', clickId.meta(chance)),
  'google-ads': (chance) => {
    const params = clickId['google-ads'](chance)
    if (chance.chance(0.7)) params.gad_campaignid = String(chance.int(20_100_000_001, 20_100_000_004))
    if (chance.chance(0.4))
      Object.assign(params, {
        utm_source: 'google',
        utm_medium: 'cpc',
        utm_campaign: chance.pick(['brand_exact', 'pmax_2023', 'partner']),
      })
    return fromNetwork('google-ads', params)
  },
  tiktok: (chance) =>
    fromNetwork('tiktok', {
      ...clickId.tiktok(chance),
      utm_source: 'tiktok',
      utm_medium: 'paid',
      utm_campaign: chance.pick(['creator_collab', 'launch_test']),
    }),
  email: (chance) =>
    tagged(plain('email', null, 'EMAIL'), {
      utm_source: chance.pick(['newsletter', 'Newsletter', 'flows']),
      utm_medium: 'email',
      utm_campaign: chance.pick(['weekly', 'welcome', 'abandoned_cart', 'winback']),
    }),
  organic: (chance) =>
    plain('google', chance.chance(0.8) ? 'https://www.google.com/' : 'https://duckduckgo.com/', 'SEO'),
  referral: (chance) =>
    plain('referral', chance.pick(['https://slow-living.example/', 'https://gift-guide.example/best-of/']), 'REFERRAL'),
  direct: () => plain('direct', null, null),
}
