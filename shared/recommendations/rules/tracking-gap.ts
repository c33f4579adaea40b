import { cents } from '../campaign.ts'
import { basisOf, type Margin, providerName, type Recommendation } from '../recommendation.ts'

/** What orders tell of one ad platform, over 28 days. */
export type Tracked = {
  provider: string
  /** Orders, in parts by paid visit: with a campaign that is known, and without one. */
  matched: number
  unmatched: number
  /** In units of the brand's currency. */
  spend: number
  /** Campaigns that spent and that no visit of an order names. */
  untouched: readonly { campaign_id: string; name: string; spend: number }[]
}

const LEAST_ORDERS = 10
/** Of the paid visits, and of the platform's spend. */
const LIMIT = { unmatched: 0.2, untouched: 0.3 }

/** Platforms whose visits cannot be told apart by campaign: their returns look lower than they are. */
export const trackingGapRule = (
  platforms: readonly Tracked[],
  given: { brandId: string; margin: Margin },
): Recommendation[] => platforms.filter(hasGap).map((platform) => recommend(platform, given))

const unmatchedShare = ({ matched, unmatched }: Tracked): number =>
  unmatched > 0 ? unmatched / (matched + unmatched) : 0
const untouchedSpend = ({ untouched }: Tracked): number => untouched.reduce((sum, { spend }) => sum + spend, 0)

/** With few orders chance decides which campaigns are named. */
const hasGap = (platform: Tracked): boolean =>
  platform.matched + platform.unmatched >= LEAST_ORDERS &&
  (unmatchedShare(platform) >= LIMIT.unmatched || untouchedSpend(platform) >= LIMIT.untouched * platform.spend)

function recommend(platform: Tracked, { brandId, margin }: { brandId: string; margin: Margin }): Recommendation {
  const { provider, matched, unmatched, spend, untouched } = platform
  const name = providerName(provider)
  return {
    kind: 'tracking_gap',
    cause: `tracking_gap:${brandId}:${provider}`,
    title: `Visits from ${name} cannot be told apart by campaign`,
    what_to_do: `Add the campaign's id to the tracking parameters of all ads at ${name} (utm_id), then look at the links of the campaigns listed here.`,
    where: (untouched.length > 0 ? untouched : [{ campaign_id: null, name: null }]).map((campaign) => ({
      provider,
      campaign_id: campaign.campaign_id,
      campaign: campaign.name,
      budget_from: null,
      budget_to: null,
    })),
    effect: null,
    basis: basisOf(margin),
    computed: 'No effect is computed: better tracking sells nothing by itself, it makes the other figures right.',
    evidence: [
      {
        provider,
        orders_matched: cents(matched),
        orders_unmatched: cents(unmatched),
        unmatched_share: cents(unmatchedShare(platform)),
        spend: cents(spend),
        spend_without_visits: cents(untouchedSpend(platform)),
      },
      ...untouched.map((campaign) => ({ provider, campaign_id: campaign.campaign_id, spend: cents(campaign.spend) })),
    ],
    confidence: unmatchedShare(platform) >= LIMIT.unmatched ? 'high' : 'medium',
    wrong_if:
      'The links carry campaign ids and the shop drops them on the way (redirects, consent), or the campaigns are not meant to sell.',
  }
}
