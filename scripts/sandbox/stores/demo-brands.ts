import type { Network } from './campaign-kinds.ts'
import type { Presentment } from './money.ts'

/** How a brand advertises at one network. */
export type AdSetup = {
  campaigns: number
  /** The person took the app's access away. */
  revoked?: true
  /** Where the account is not kept in the shop's own. */
  currency?: Presentment
  time_zone?: string
  /** A campaign that has run away: it spends so many times as much, since so many days, and earns no more. */
  runaway?: { campaign: string; times: number; days: number }
}

/** The invented brands of the demo. Nothing here names a real company. */
export type DemoBrand = {
  brand: string
  handle: string
  currency: string
  time_zone: string
  taxRate: number
  taxTitle: string
  taxesIncluded: boolean
  /** Mean shelf price in major units. */
  meanPrice: number
  /** Prices are multiples of this, in minor units. */
  priceStep: number
  /** Flat shipping and the basket from which it is free, in major units. */
  shipping: { price: number; freeFrom: number }
  returnRate: number
  /** Its ad accounts, one a network at most. */
  ads: Readonly<Partial<Record<Network, AdSetup>>>
  adjectives: readonly string[]
  nouns: readonly string[]
  options: readonly string[]
  /** Another currency that some customers pay in. */
  presentment: { currency: string; rate: number }
}

export type DemoTenant = { tenant: string; brands: readonly DemoBrand[] }

const taxed = (taxTitle: string, taxRate: number, taxesIncluded: boolean) => ({ taxTitle, taxRate, taxesIncluded })

export const DEMO_TENANTS: readonly DemoTenant[] = [
  {
    tenant: 'Tidewater Goods',
    brands: [
      {
        brand: 'Alder & Tide',
        handle: 'alder-and-tide',
        currency: 'USD',
        time_zone: 'America/New_York',
        ...taxed('State Tax', 0.0725, false),
        meanPrice: 64,
        priceStep: 50,
        shipping: { price: 7.95, freeFrom: 120 },
        returnRate: 0.09,
        ads: { meta: { campaigns: 6 }, 'google-ads': { campaigns: 5 }, tiktok: { campaigns: 4 } },
        presentment: { currency: 'CAD', rate: 1.38 },
        adjectives: ['Driftwood', 'Harbor', 'Fogline', 'Cedar', 'Granite', 'Low Tide'],
        nouns: ['Overshirt', 'Rain Shell', 'Field Tote', 'Wool Beanie', 'Deck Pant', 'Henley'],
        options: ['S', 'M', 'L', 'XL'],
      },
      {
        brand: 'Pebblewick',
        handle: 'pebblewick',
        currency: 'GBP',
        time_zone: 'Europe/London',
        ...taxed('VAT', 0.2, true),
        meanPrice: 27,
        priceStep: 50,
        shipping: { price: 3.95, freeFrom: 45 },
        returnRate: 0.04,
        ads: {
          meta: { campaigns: 4 },
          'google-ads': { campaigns: 4 },
          tiktok: { campaigns: 3, currency: { currency: 'USD', rate: 1.31 } },
        },
        presentment: { currency: 'EUR', rate: 1.17 },
        adjectives: ['Sea Fig', 'Smoked Heather', 'Moss & Rain', 'Quiet Linen', 'Burnt Honey'],
        nouns: ['Candle', 'Reed Diffuser', 'Room Mist', 'Soap Bar', 'Wax Melts', 'Match Jar'],
        options: ['Small', 'Large'],
      },
      {
        brand: 'Saltmarsh Supply',
        handle: 'saltmarsh-supply',
        currency: 'AUD',
        time_zone: 'Australia/Sydney',
        ...taxed('GST', 0.1, true),
        meanPrice: 58,
        priceStep: 100,
        shipping: { price: 9.5, freeFrom: 100 },
        returnRate: 0.06,
        ads: { meta: { campaigns: 3, revoked: true }, 'google-ads': { campaigns: 3 } },
        presentment: { currency: 'NZD', rate: 1.09 },
        adjectives: ['Lagoon', 'Spinifex', 'Estuary', 'Cockle', 'Breakwater'],
        nouns: ['Rash Vest', 'Beach Towel', 'Dry Bag', 'Sun Hat', 'Wax Comb', 'Swim Short'],
        options: ['S', 'M', 'L'],
      },
    ],
  },
  {
    tenant: 'Morgenblau Haus',
    brands: [
      {
        brand: 'Brunnweg Kaffee',
        handle: 'brunnweg-kaffee',
        currency: 'EUR',
        time_zone: 'Europe/Berlin',
        ...taxed('MwSt', 0.07, true),
        meanPrice: 19,
        priceStep: 10,
        shipping: { price: 4.9, freeFrom: 49 },
        returnRate: 0.02,
        ads: { meta: { campaigns: 5 }, 'google-ads': { campaigns: 4 }, tiktok: { campaigns: 2 } },
        presentment: { currency: 'CHF', rate: 0.94 },
        adjectives: ['Morgenrot', 'Bergamotte', 'Kakao', 'Haselnuss', 'Hafen', 'Nordlicht'],
        nouns: ['Espresso', 'Filterkaffee', 'Probierset', 'Tasse', 'Kaltbrühe'],
        options: ['250 g', '500 g', '1 kg'],
      },
      {
        brand: 'Kinderwolke',
        handle: 'kinderwolke',
        currency: 'EUR',
        time_zone: 'Europe/Berlin',
        ...taxed('MwSt', 0.19, true),
        meanPrice: 34,
        priceStep: 50,
        shipping: { price: 4.95, freeFrom: 60 },
        returnRate: 0.12,
        ads: {},
        presentment: { currency: 'CHF', rate: 0.94 },
        adjectives: ['Fuchs', 'Wolken', 'Waldbär', 'Igel', 'Sternchen', 'Moos'],
        nouns: ['Strampler', 'Decke', 'Mütze', 'Schlafsack', 'Rassel', 'Lätzchen'],
        options: ['56', '62', '68', '74'],
      },
      {
        brand: 'Noor Atelier',
        handle: 'noor-atelier',
        currency: 'KWD',
        time_zone: 'Asia/Kuwait',
        ...taxed('VAT', 0, true),
        meanPrice: 21,
        priceStep: 250,
        shipping: { price: 2, freeFrom: 40 },
        returnRate: 0.05,
        ads: { meta: { campaigns: 3 } },
        presentment: { currency: 'BHD', rate: 1.226 },
        adjectives: ['Saffron', 'Amber Dusk', 'Oud', 'Pearl', 'Night Palm'],
        nouns: ['Perfume Oil', 'Incense Set', 'Scarf', 'Silk Pouch', 'Body Balm'],
        options: ['30 ml', '50 ml'],
      },
    ],
  },
  {
    tenant: 'Komorebi Works',
    brands: [
      {
        brand: 'Hoshigami Paper',
        handle: 'hoshigami-paper',
        currency: 'JPY',
        time_zone: 'Asia/Tokyo',
        ...taxed('消費税', 0.1, true),
        meanPrice: 2800,
        priceStep: 10,
        shipping: { price: 600, freeFrom: 6000 },
        returnRate: 0.02,
        ads: { meta: { campaigns: 4 }, 'google-ads': { campaigns: 5 }, tiktok: { campaigns: 3 } },
        presentment: { currency: 'USD', rate: 0.0066 },
        adjectives: ['Hoshi', 'Asagiri', 'Kinako', 'Sumi', 'Tsukimi', 'Komorebi'],
        nouns: ['Notebook', 'Ink', 'Letter Set', 'Brush Pen', 'Washi Tape', 'Planner'],
        options: ['A5', 'A6'],
      },
      {
        brand: 'Yuzu & Ash',
        handle: 'yuzu-and-ash',
        currency: 'USD',
        time_zone: 'America/Los_Angeles',
        ...taxed('State Tax', 0.085, false),
        meanPrice: 42,
        priceStep: 100,
        shipping: { price: 6, freeFrom: 80 },
        returnRate: 0.05,
        ads: {
          meta: { campaigns: 5 },
          'google-ads': {
            campaigns: 5,
            time_zone: 'America/New_York',
            runaway: { campaign: 'PMax | All Products', times: 2.8, days: 4 },
          },
          tiktok: { campaigns: 4 },
        },
        presentment: { currency: 'EUR', rate: 0.86 },
        adjectives: ['Yuzu', 'Charcoal', 'Matcha', 'Hinoki', 'Plum Salt'],
        nouns: ['Body Wash', 'Hand Cream', 'Bath Salts', 'Face Oil', 'Clay Mask', 'Brush'],
        options: ['100 ml', '250 ml'],
      },
    ],
  },
]

/** The first `count` tenants; past the demo's own they repeat under numbered names. */
export function demoTenants(count: number): DemoTenant[] {
  const tenants: DemoTenant[] = []
  for (let round = 1; tenants.length < count; round++) {
    for (const { tenant, brands } of DEMO_TENANTS.slice(0, count - tenants.length)) {
      tenants.push(round === 1 ? { tenant, brands } : numbered({ tenant, brands }, round))
    }
  }
  return tenants
}

const numbered = ({ tenant, brands }: DemoTenant, round: number): DemoTenant => ({
  tenant: `${tenant} ${round}`,
  brands: brands.map((brand) => ({ ...brand, brand: `${brand.brand} ${round}`, handle: `${brand.handle}-${round}` })),
})
