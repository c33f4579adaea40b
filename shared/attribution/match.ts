import type { Touch } from './journey.ts'

/** What an order's net can be credited to. provider and campaign_id are '' where the bucket has none. */
export type Earner = {
  bucket: 'campaign' | 'unmatched_paid' | 'organic' | 'email' | 'direct' | 'no_journey'
  provider: string
  campaign_id: string
}

/** The earner as one word: campaign/meta/120210, unmatched_paid/meta, organic. */
export const channelOf = ({ bucket, provider, campaign_id }: Earner): string =>
  [bucket, provider, campaign_id].filter((part) => part !== '').join('/')

/** A name that a campaign bears or bore, in [since, until): null where that is not known, or not yet. */
export type CampaignName = {
  provider: string
  campaign_id: string
  name: string
  since: Date | null
  until: Date | null
}

/** What a touch says of its campaign. An unknown provider is that of the id, where only one provider has it. */
export type Hints = { provider: string | null; id: string | null; name: string | null; at: Date }
type Found = Pick<CampaignName, 'provider' | 'campaign_id'>

/** Finds a campaign by id, else by a name that only one of its provider's campaigns bore at the time. */
export type CampaignFinder = (hints: Hints) => Found | null

const plain = (name: string): string => name.trim().toLowerCase()

/** Names are compared without case and outer spaces; a name of two campaigns finds neither. */
export function campaignFinder(names: readonly CampaignName[]): CampaignFinder {
  const byId = Map.groupBy(names, ({ campaign_id }) => campaign_id)
  const byName = Map.groupBy(names, ({ provider, name }) => `${provider}:${plain(name)}`)
  return ({ provider, id, name, at }) => {
    const named = (byId.get(id ?? '') ?? []).filter((campaign) => provider === null || campaign.provider === provider)
    const known = onlyOne(named)
    if (known || provider === null || name === null) return known
    return onlyOne((byName.get(`${provider}:${plain(name)}`) ?? []).filter((campaign) => isValid(campaign, at)))
  }
}

const isValid = ({ since, until }: CampaignName, at: Date): boolean =>
  (since === null || since <= at) && (until === null || at < until)

function onlyOne(names: readonly CampaignName[]): Found | null {
  const campaigns = new Map(
    names.map(({ provider, campaign_id }) => [`${provider}:${campaign_id}`, { provider, campaign_id }]),
  )
  return campaigns.size === 1 ? ([...campaigns.values()][0] ?? null) : null
}

/** Who earned what this touch is credited with. Only paid touches keep their provider: ROAS by provider is about what was paid for. */
export function earnerOf(touch: Touch, find: CampaignFinder): Earner {
  if (touch.bucket !== 'paid') return { bucket: touch.bucket, provider: '', campaign_id: '' }
  const { provider, campaign_id_hint: id, campaign_name_hint: name, occurred_at: at } = touch
  const campaign = find({ provider, id, name, at })
  if (campaign === null) return { bucket: 'unmatched_paid', provider: provider ?? '', campaign_id: '' }
  return { bucket: 'campaign', ...campaign }
}
