import type { CampaignDay } from './campaign-day.ts'
import type { Place } from './recommendation.ts'
import type { Response } from './response.ts'

/** A campaign that spends, with its settled days, oldest first. */
export type Campaign = {
  provider: string
  campaign_id: string
  name: string
  /** A day, in units of the brand's currency, as set on the platform; null: not set on the campaign, or in another currency. */
  budget: number | null
  days: readonly CampaignDay[]
}
/** One whose days say what its spend brings. */
export type Known = Campaign & { response: Response }

/** The place with a budget in proportion to the spend that is aimed at; from what is spent where no budget is known. */
export function moved({ provider, campaign_id, name, budget, response }: Known, spend: number): Place {
  const from = budget ?? response.spend
  const to = (from * spend) / response.spend
  return { provider, campaign_id, campaign: name, budget_from: cents(from), budget_to: cents(to) }
}

export const cents = (value: number): number => Math.round(value * 100) / 100

/** What the recommendation of a budget rests on. */
export const evidenceOf = ({ provider, campaign_id, response }: Known) => ({
  provider,
  campaign_id,
  days: response.days,
  spend_a_day: cents(response.spend),
  average_return: cents(response.average),
  marginal_return_low: cents(response.marginal.low),
  marginal_return: cents(response.marginal.mid),
  marginal_return_high: cents(response.marginal.high),
  spend_seen_from: cents(response.seen.from),
  spend_seen_to: cents(response.seen.to),
})
