import { CAMPAIGN_KINDS, type CampaignKind, type Network } from './campaign-kinds.ts'
import type { Random } from './random.ts'
import { DAY, offsetAt, toUtc } from './zone-time.ts'

export type Campaign = Omit<CampaignKind, 'runs'> & {
  network: Network
  /** Digits as the network writes them: 18 at Meta, 19 at TikTok, 11 at Google. */
  id: string
  /** ms since the epoch, midnight of the account's time zone. */
  since: number
  /** null: still running. */
  until: number | null
}

// Each network's ids look alike and are spread out; `number` is the campaign's own among all brands.
const SPREAD = 31_337
const IDS: Readonly<Record<Network, (number: number) => string>> = {
  meta: (number) => `1202${String(number * SPREAD * 1009).padStart(14, '0')}`,
  tiktok: (number) => `1790${String(number * SPREAD * 1009).padStart(15, '0')}`,
  'google-ads': (number) => String(21_000_000_000 + number * SPREAD),
}

type Running = {
  network: Network
  count: number
  time_zone: string
  since: number
  until: number
  /** Unlike any other brand's. */
  brandNumber: number
}

/** Campaigns of one ad account over [since, until): evergreen ones, some that ended, and the November push. */
export function campaigns(running: Running, chance: Random): Campaign[] {
  const { network, count, brandNumber } = running
  return CAMPAIGN_KINDS[network].slice(0, count).map(({ runs, ...kind }, index) => ({
    ...kind,
    network,
    ...windowOf(runs, running, chance),
    id: IDS[network](brandNumber * 100 + index),
    weight: kind.weight * (0.8 + 0.4 * chance.next()),
    pull: kind.pull * (0.85 + 0.3 * chance.next()),
  }))
}

/** Whole days of the account's time zone, the first one after `since`. */
function windowOf(runs: CampaignKind['runs'], running: Running, chance: Random): Pick<Campaign, 'since' | 'until'> {
  const { time_zone, until } = running
  const dayAfter = (ms: number): number => Math.floor((ms + offsetAt(time_zone, ms)) / DAY) * DAY + DAY
  const at = (localMs: number): number => toUtc(time_zone, localMs)
  if (runs === 'november') {
    const november = lastNovember(until)
    return { since: at(november), until: at(november + 24 * DAY) }
  }
  const since = at(dayAfter(running.since + chance.int(0, 20) * DAY))
  return { since, until: runs === 'ended' ? at(dayAfter(until - 60 * DAY)) : null }
}

/** 10 November, of the year before where it is not near yet. */
function lastNovember(until: number): number {
  const year = new Date(until - 20 * DAY).getUTCFullYear()
  return Date.UTC(Date.UTC(year, 10, 10) > until ? year - 1 : year, 10, 10)
}

export const isRunning = (campaign: Campaign, at: number): boolean =>
  campaign.since <= at && (campaign.until === null || at < campaign.until)
