export type Network = 'meta' | 'tiktok' | 'google-ads'

export const NETWORKS: readonly Network[] = ['meta', 'google-ads', 'tiktok']

/** A campaign as marketers set it up, before an account runs it. */
export type CampaignKind = {
  name: string
  /** In the network's own word: Meta's objective, TikTok's objective_type, Google's advertising channel type. */
  objective: string
  /** Share of the account's budget while it runs. */
  weight: number
  /** Clicks that end in an order for what is spent, relative to the account: below 1 it earns less than its share. */
  pull: number
  /** A thousand impressions cost this much in major units. */
  cpm: number
  clickRate: number
  /** 'november': the weeks around Black Friday; 'ended': stopped two months ago. */
  runs: 'always' | 'november' | 'ended'
}

type Row = [name: string, objective: string, figures: [weight: number, pull: number, cpm: number, clickRate: number]]

const kind = ([name, objective, [weight, pull, cpm, clickRate]]: Row, runs: CampaignKind['runs']): CampaignKind => ({
  ...{ name, objective, weight, pull, cpm, clickRate, runs },
})

/** The most important first: an account that runs few has those. */
export const CAMPAIGN_KINDS: Readonly<Record<Network, readonly CampaignKind[]>> = {
  meta: [
    kind(['Prospecting | Broad', 'OUTCOME_SALES', [0.34, 0.85, 9.5, 0.012]], 'always'),
    kind(['Retargeting | 30d', 'OUTCOME_SALES', [0.2, 1.7, 16, 0.021]], 'always'),
    kind(['Black Friday', 'OUTCOME_SALES', [0.5, 1.2, 19, 0.018]], 'november'),
    kind(['Catalogue | Always On', 'OUTCOME_SALES', [0.18, 1.1, 11, 0.014]], 'always'),
    kind(['Lookalike 1% | Purchasers', 'OUTCOME_SALES', [0.16, 0.55, 12.5, 0.011]], 'ended'),
    kind(['Brand Film', 'OUTCOME_AWARENESS', [0.08, 0.15, 5, 0.004]], 'always'),
  ],
  'google-ads': [
    kind(['Shopping | Core', 'SHOPPING', [0.34, 1.05, 8.5, 0.011]], 'always'),
    kind(['Brand Search', 'SEARCH', [0.12, 2.8, 85, 0.17]], 'always'),
    kind(['PMax | All Products', 'PERFORMANCE_MAX', [0.28, 0.9, 8, 0.012]], 'always'),
    kind(['Non-brand Search', 'SEARCH', [0.2, 0.4, 52, 0.042]], 'always'),
    kind(['Demand Gen | Black Friday', 'DEMAND_GEN', [0.4, 0.8, 7, 0.009]], 'november'),
  ],
  tiktok: [
    kind(['Spark Ads | Creators', 'WEB_CONVERSIONS', [0.4, 1.15, 6, 0.009]], 'always'),
    kind(['UGC Test', 'WEB_CONVERSIONS', [0.26, 0.45, 7, 0.011]], 'always'),
    kind(['Video Shopping', 'PRODUCT_SALES', [0.24, 1.2, 7.5, 0.01]], 'always'),
    kind(['Community | Video Views', 'VIDEO_VIEWS', [0.1, 0.12, 3, 0.003]], 'always'),
  ],
}
