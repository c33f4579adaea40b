import { type Arrival, clickId, fromNetwork } from './arrivals.ts'
import type { Network } from './campaign-kinds.ts'
import type { Campaign } from './campaigns.ts'
import type { Random } from './random.ts'

type Tags = Record<string, string>

/** Merchants tag by hand: about one link in six is misspelt, half-tagged, untagged or names no known campaign. */
function metaTags(campaign: Campaign, chance: Random): Tags {
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

/** Auto-tagging names the campaign on most links; some have tags by hand besides or instead, not always right ones. */
function googleTags(campaign: Campaign, chance: Random): Tags {
  const draw = chance.next()
  const auto: Tags = draw < 0.84 ? { gad_campaignid: campaign.id } : {}
  const byHand = { utm_source: 'google', utm_medium: 'cpc', utm_campaign: campaign.name }
  if (draw < 0.5) return auto
  if (draw < 0.74) return { ...auto, ...byHand }
  if (draw < 0.8) return { ...auto, ...byHand, utm_campaign: 'sale_2024' }
  if (draw < 0.84)
    return { ...auto, utm_source: 'googel', utm_medium: 'CPC', utm_campaign: campaign.name.toLowerCase() }
  if (draw < 0.92) return byHand
  if (draw < 0.95) return { ...byHand, utm_source: 'adwords', utm_campaign: campaign.id }
  return {}
}

/** Tags come from the macros of the ad, where somebody has set them. */
function tiktokTags(campaign: Campaign, chance: Random): Tags {
  const good = { utm_source: 'tiktok', utm_medium: 'paid', utm_campaign: campaign.name }
  const draw = chance.next()
  if (draw < 0.5) return { ...good, utm_id: campaign.id }
  if (draw < 0.68) return good
  if (draw < 0.8) return { ...good, utm_campaign: campaign.id }
  if (draw < 0.84) return { ...good, utm_source: 'tik-tok', utm_medium: 'cpc' }
  if (draw < 0.87) return { ...good, utm_source: 'tiktock', utm_campaign: campaign.name.toUpperCase() }
  if (draw < 0.9) return { ...good, utm_campaign: '__CAMPAIGN_NAME__', utm_id: '__CAMPAIGN_ID__' }
  if (draw < 0.93) return { ...good, utm_campaign: 'hook_test_b' }
  return {}
}

const TAGS: Readonly<Record<Network, (campaign: Campaign, chance: Random) => Tags>> = {
  meta: metaTags,
  'google-ads': googleTags,
  tiktok: tiktokTags,
}

/** One click in twenty-five loses its id on the way: in a redirect, or at a browser that takes ids off. */
const LOST = 0.04

/** A click on an ad of this campaign. */
export function adClick(campaign: Campaign, chance: Random): Arrival {
  const { network } = campaign
  const tags = TAGS[network](campaign, chance)
  const id = chance.chance(LOST) ? {} : clickId[network](chance)
  return {
    ...fromNetwork(network, { ...tags, ...id }),
    campaign,
    sourceDescription: network === 'meta' ? 'Facebook' : null,
  }
}
