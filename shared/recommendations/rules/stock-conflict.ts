import { cents } from '../campaign.ts'
import { basisOf, EFFECT_DAYS, type Margin, providerName, type Recommendation } from '../recommendation.ts'

/** A product that is, or soon will be, sold out, and who still brings buyers to it. Figures of the last 28 days. */
export type Conflict = {
  product_id: string
  product: string
  state: 'out_of_stock' | 'at_risk'
  campaigns: readonly {
    provider: string
    campaign_id: string
    name: string
    /** In units of the brand's currency. */
    spend: number
    /** Of the net that the campaign is credited with, what this product's lines make. */
    share: number
  }[]
}

/** Of a campaign's credited net: less is no reason to touch it. */
const LEAST_SHARE = 0.1

/** Spend that brings people to what they cannot buy. */
export const stockConflictRule = (
  conflicts: readonly Conflict[],
  given: { brandId: string; margin: Margin },
): Recommendation[] =>
  conflicts
    .map((conflict) => ({ ...conflict, campaigns: conflict.campaigns.filter(({ share }) => share >= LEAST_SHARE) }))
    .filter(({ campaigns }) => campaigns.length > 0)
    .map((conflict) => recommend(conflict, given))

function recommend(
  { product_id, product, state, campaigns }: Conflict,
  { brandId, margin }: { brandId: string; margin: Margin },
): Recommendation {
  const isOut = state === 'out_of_stock'
  const most = campaigns.reduce((sum, { spend, share }) => sum + spend * Math.min(1, share), 0)
  return {
    kind: 'stock_conflict',
    cause: `stock_conflict:${brandId}:${product_id}`,
    title: `Campaigns advertise "${product}", which ${isOut ? 'is out of stock' : 'is about to run out'}`,
    what_to_do:
      `${isOut ? 'Take it' : 'Be ready to take it'} out of the ads of ${campaigns.map(({ provider, name }) => `"${name}" (${providerName(provider)})`).join(', ')}, ` +
      `or pause them, until it can be bought again; reorder it.`,
    where: campaigns.map(({ provider, campaign_id, name }) => ({
      provider,
      campaign_id,
      campaign: name,
      budget_from: null,
      budget_to: null,
    })),
    effect: { low: 0, mid: most / 2, high: most },
    basis: basisOf(margin),
    computed:
      `Spend of ${EFFECT_DAYS} days times the product's share of the campaign's credited net: at most all of it is saved, at ` +
      `least none, when its visitors buy something else instead; the middle of the two is no estimate of its own.`,
    evidence: campaigns.map(({ provider, campaign_id, spend, share }) => ({
      product_id,
      state,
      provider,
      campaign_id,
      spend: cents(spend),
      share_of_credited_net: cents(share),
    })),
    confidence: isOut ? 'medium' : 'low',
    wrong_if:
      'New stock arrives within days, backorders are taken, or the ads show other products than those that were bought.',
  }
}
