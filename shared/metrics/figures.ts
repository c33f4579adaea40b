/** Where a figure comes from. `settings`: computed from the store's figures and what the brand has set. */
export type Source = 'store' | 'settings' | 'ads' | 'credit'
/** What figures can be broken down by, besides time and brand. */
export type Dimension = 'channel' | 'campaign' | 'product'
/** How long a figure may still change: `spend` a few days, `claimed` the platform's window, `credited` until journeys are ready. */
export type Provisional = 'never' | 'spend' | 'claimed' | 'credited'
/** On whose day it counts; `chosen` is the caller's choice of the two. */
export type Ledger = 'store' | 'platform' | 'order' | 'touch' | 'chosen'

type Figure = {
  source: Source
  ledger: Ledger
  provisional: Provisional
  by: readonly Dimension[]
  /** False: the sum over days counts somebody once a day. */
  additive: boolean
}

const store = (by: readonly Dimension[] = []): Figure => ({
  source: 'store',
  ledger: 'store',
  provisional: 'never',
  by,
  additive: true,
})
const settings: Figure = { ...store(), source: 'settings' }
const ads = (provisional: Provisional): Figure => ({
  source: 'ads',
  ledger: 'platform',
  provisional,
  by: ['channel', 'campaign'],
  additive: true,
})
const credit = (ledger: Ledger): Figure => ({
  source: 'credit',
  ledger,
  provisional: 'credited',
  by: ['channel', 'campaign'],
  additive: true,
})

/** What the read models add up, each in millionths: of the brand's currency, of an order, of a click. */
export const FIGURES = {
  gross: store(['product']),
  discounts: store(['product']),
  returns: store(['product']),
  adjustments: store(),
  net: store(['product']),
  tax: store(),
  shipping: store(),
  cogs: store(['product']),
  orders: store(['product']),
  units: store(['product']),
  new_customers: store(),
  returning_customers: { ...store(), additive: false },
  new_net: store(),
  shipping_cost: settings,
  payment_fees: settings,
  spend: ads('spend'),
  impressions: ads('spend'),
  clicks: ads('spend'),
  claimed_conversions: ads('claimed'),
  claimed_value: ads('claimed'),
  credited_net: credit('chosen'),
  credited_orders: credit('chosen'),
  credited_new_customers: credit('chosen'),
  paid_net: credit('touch'),
} as const satisfies Record<string, Figure>

export type FigureName = keyof typeof FIGURES
/** Sums over some rows; null: unknown, which is neither 0 nor left out. */
export type Sums = Readonly<Record<FigureName, bigint | null>>

export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[] // its own keys

/** Of which nothing is known. */
export const NO_SUMS = Object.fromEntries(FIGURE_NAMES.map((name) => [name, null])) as Sums // every name has its entry
