import type { Interval } from './quantile.ts'

export const KINDS = [
  'shift_budget',
  'scale_budget',
  'reduce_budget',
  'pause_campaign',
  'stock_conflict',
  'tracking_gap',
] as const
export type Kind = (typeof KINDS)[number]

/** Where a person would act. Budgets a day, in units of the brand's currency; null: not about one. */
export type Place = {
  provider: string
  campaign_id: string | null
  campaign: string | null
  budget_from: number | null
  budget_to: number | null
}

export type Recommendation = {
  kind: Kind
  /** What it is about, as a key: at most one is open for it. */
  cause: string
  title: string
  what_to_do: string
  where: Place[]
  /** What 28 days would bring more than without it, in units of the brand's currency; null: that cannot be said. */
  effect: Interval | null
  /** 'revenue': the cost of goods is unknown, and `effect` is net less spend. */
  basis: Basis
  /** How the effect was computed. */
  computed: string
  /** What it rests on: ids and figures. */
  evidence: Readonly<Record<string, string | number | null>>[]
  confidence: 'low' | 'medium' | 'high'
  wrong_if: string
}

export type Basis = 'profit' | 'revenue'
/** The share of net that the cost of goods leaves; null: unknown. */
export type Margin = number | null
export const EFFECT_DAYS = 28

export const basisOf = (margin: Margin): Basis => (margin === null ? 'revenue' : 'profit')

/** What of the cost of goods is known, for the text beside a figure. */
export const basisTold = (margin: Margin): string =>
  margin === null
    ? 'The cost of goods is unknown, so it is net revenue less spend, not profit.'
    : `Profit: ${(100 * margin).toFixed(0)} % of net is left after the cost of goods, less spend.`

/** The most that is to be won first; those without a figure last. */
export const ranked = (recommendations: readonly Recommendation[]): Recommendation[] =>
  [...recommendations].sort((a, b) => worth(b) - worth(a) || (a.cause < b.cause ? -1 : 1))

const worth = ({ effect }: Recommendation): number => effect?.mid ?? -Number.MAX_VALUE

const PLACES: Readonly<Record<string, string>> = { meta: 'Meta', tiktok: 'TikTok', 'google-ads': 'Google Ads' }
export const providerName = (provider: string): string => PLACES[provider] ?? provider
