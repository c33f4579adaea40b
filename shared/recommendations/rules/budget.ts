import { type Campaign, evidenceOf, type Known, moved } from '../campaign.ts'
import { type Interval, intervalOf } from '../quantile.ts'
import { basisOf, basisTold, EFFECT_DAYS, type Margin, type Recommendation } from '../recommendation.ts'
import { responseOf } from '../response.ts'

/** At most this share of a campaign's spend is moved at once: what is far from the present is known least. */
const STEP = 0.3
/** Below the first a unit of spend clearly brings less than it costs, above the second more. */
export const CLEARLY = { losing: 0.9, earning: 1.1 }
const LEAST_MOVE = 0.05

type Case = { brandId: string; margin: Margin }

/** Budgets to shift, cut, raise or stop, from the marginal returns of campaigns whose days tell them. */
export function budgetRule(campaigns: readonly Campaign[], given: Case): Recommendation[] {
  const known = campaigns.flatMap((campaign) => {
    const response = responseOf(`${campaign.provider}:${campaign.campaign_id}`, campaign.days)
    return typeof response === 'string' ? [] : [{ ...campaign, response }]
  })
  const worth = given.margin ?? 1
  const losing = known.filter((campaign) => isLosing(campaign, worth) && cutOf(campaign) < campaign.response.spend)
  const earning = known
    .filter((campaign) => isEarning(campaign, worth))
    .sort((a, b) => b.response.marginal.low - a.response.marginal.low)
  const fed = new Set<Known>()
  const cuts = losing.map((giver) => {
    if (losesAltogether(giver, worth)) return pause(giver, given)
    const taker = earning.find((each) => !fed.has(each))
    if (!taker) return reduce(giver, given)
    fed.add(taker)
    return shift(giver, taker, given)
  })
  return [...cuts, ...earning.filter((campaign) => !fed.has(campaign)).map((campaign) => scale(campaign, given))]
}

const isLosing = ({ response }: Known, worth: number): boolean => response.marginal.high * worth < CLEARLY.losing
const isEarning = (campaign: Known, worth: number): boolean =>
  campaign.response.marginal.low * worth > CLEARLY.earning &&
  raisedOf(campaign) > campaign.response.spend * (1 + LEAST_MOVE)

/** Even what the first units of spend bring does not pay for the whole. */
const losesAltogether = ({ response: { spend, curves } }: Known, worth: number): boolean =>
  intervalOf(curves.map((curve) => curve.net(spend) * worth)).high < CLEARLY.losing * spend

/** One step, never out of the spends that were seen. */
const cutOf = ({ response: { spend, seen } }: Known): number => Math.max(spend * (1 - STEP), seen.from)
const raisedOf = ({ response: { spend, seen } }: Known): number => Math.min(spend * (1 + STEP), seen.to)

/** What 28 days of another spend bring more: resample by resample, net on the curve at the margin, less the spend. */
const gains = ({ response: { spend, curves } }: Known, to: number, { margin }: Case): number[] =>
  curves.map((curve) => EFFECT_DAYS * ((margin ?? 1) * (curve.net(to) - curve.net(spend)) - (to - spend)))

const percent = (value: number): string => `${Math.round(100 * Math.abs(value))} %`
const told = ({ low, high }: Interval): string => `${low.toFixed(2)} to ${high.toFixed(2)}`
const computed = (margin: Margin): string =>
  `Marginal, not average, return: a concave curve of credited net (touch ledger) against spend, fitted to the settled days of ` +
  `each campaign and resampled by weeks; the range holds 80 %. Over ${EFFECT_DAYS} days. ${basisTold(margin)}`
const WRONG =
  'The curve is correlational. It is wrong if budgets were raised when demand was high anyway, or if the campaign sells in ' +
  'ways that no order journey shows. Proof: change the budget for four weeks; if credited net moves by clearly more or less than expected, it was.'

type Said = Pick<Recommendation, 'kind' | 'title' | 'what_to_do' | 'where'> & { effect: Interval; of: readonly Known[] }

const recommend = ({ of, ...said }: Said, { brandId, margin }: Case): Recommendation => ({
  ...said,
  cause: `budget:${brandId}:${of.map(({ provider, campaign_id }) => `${provider}:${campaign_id}`).join('>')}`,
  basis: basisOf(margin),
  computed: computed(margin),
  evidence: of.map(evidenceOf),
  confidence: said.effect.low > 0 ? 'high' : 'medium',
  wrong_if: WRONG,
})

function shift(giver: Known, taker: Known, given: Case): Recommendation {
  const step = Math.min(giver.response.spend - cutOf(giver), raisedOf(taker) - taker.response.spend)
  const [from, to] = [giver.response.spend - step, taker.response.spend + step]
  const more = gains(taker, to, given)
  const effect = intervalOf(gains(giver, from, given).map((gain, at) => gain + (more[at] ?? gain)))
  return recommend(
    {
      kind: 'shift_budget',
      title: `Shift budget from "${giver.name}" to "${taker.name}"`,
      what_to_do:
        `Lower the daily budget of "${giver.name}" by ${percent(step / giver.response.spend)} and raise that of "${taker.name}" by ` +
        `${percent(step / taker.response.spend)}. One more unit of spend brings ${told(giver.response.marginal)} there and ${told(taker.response.marginal)} here.`,
      where: [moved(giver, from), moved(taker, to)],
      effect,
      of: [giver, taker],
    },
    given,
  )
}

function reduce(giver: Known, given: Case): Recommendation {
  const to = cutOf(giver)
  return recommend(
    {
      kind: 'reduce_budget',
      title: `Lower the budget of "${giver.name}"`,
      what_to_do: `Lower its daily budget by ${percent(1 - to / giver.response.spend)}. The last unit of spend brings ${told(giver.response.marginal)} of net, less than it costs.`,
      where: [moved(giver, to)],
      effect: intervalOf(gains(giver, to, given)),
      of: [giver],
    },
    given,
  )
}

function scale(taker: Known, given: Case): Recommendation {
  const to = raisedOf(taker)
  return recommend(
    {
      kind: 'scale_budget',
      title: `Raise the budget of "${taker.name}"`,
      what_to_do: `Raise its daily budget by ${percent(to / taker.response.spend - 1)}. One more unit of spend brings ${told(taker.response.marginal)} of net.`,
      where: [moved(taker, to)],
      effect: intervalOf(gains(taker, to, given)),
      of: [taker],
    },
    given,
  )
}

function pause(giver: Known, given: Case): Recommendation {
  const { spend, curves } = giver.response
  const saved = curves.map((curve) => EFFECT_DAYS * (spend - (given.margin ?? 1) * curve.net(spend)))
  return recommend(
    {
      kind: 'pause_campaign',
      title: `Pause "${giver.name}"`,
      what_to_do: `Pause it: all that it is credited with is worth less than it spends, and one more unit brings ${told(giver.response.marginal)} of net.`,
      where: [moved(giver, 0)],
      effect: intervalOf(saved),
      of: [giver],
    },
    given,
  )
}
