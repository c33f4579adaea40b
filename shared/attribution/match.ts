import type { Touch } from './journey.ts'

/** What an order's net can be credited to. provider and campaign_id are '' where the bucket has none. */
export type Earner = {
  bucket: 'campaign' | 'unmatched_paid' | 'organic' | 'email' | 'direct' | 'no_journey'
  provider: string
  campaign_id: string
}

export type Campaign = { provider: string; campaign_id: string; name: string }

/** Finds a provider's campaign by id, else by a name that only one of its campaigns bears. */
export type CampaignFinder = (provider: string, hints: { id: string | null; name: string | null }) => string | null

const plain = (name: string): string => name.trim().toLowerCase()

/** Names are compared without case and outer spaces; a name of two campaigns finds neither. */
export function campaignFinder(campaigns: readonly Campaign[]): CampaignFinder {
  const byProvider = Map.groupBy(campaigns, (campaign) => campaign.provider)
  const indexes = new Map([...byProvider].map(([provider, own]) => [provider, indexOf(own)]))
  return (provider, { id, name }) => {
    const index = indexes.get(provider)
    if (!index) return null
    if (id !== null && index.ids.has(id)) return id
    const namesakes = name === null ? undefined : index.names.get(plain(name))
    return namesakes?.length === 1 ? (namesakes[0]?.campaign_id ?? null) : null
  }
}

const indexOf = (campaigns: readonly Campaign[]) => ({
  ids: new Set(campaigns.map((campaign) => campaign.campaign_id)),
  names: Map.groupBy(campaigns, (campaign) => plain(campaign.name)),
})

/** Who earned what this touch is credited with. Only paid touches keep their provider: ROAS by provider is about what was paid for. */
export function earnerOf(touch: Touch, find: CampaignFinder): Earner {
  if (touch.bucket !== 'paid') return { bucket: touch.bucket, provider: '', campaign_id: '' }
  const provider = touch.provider ?? ''
  const campaign = find(provider, { id: touch.campaign_id_hint, name: touch.campaign_name_hint })
  if (campaign === null) return { bucket: 'unmatched_paid', provider, campaign_id: '' }
  return { bucket: 'campaign', provider, campaign_id: campaign }
}
