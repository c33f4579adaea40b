import type { DemoBrand } from './demo-brands.ts'
import type { Random } from './random.ts'
import { DAY } from './zone-time.ts'

export type Campaign = {
  id: string
  name: string
  objective: 'OUTCOME_SALES' | 'OUTCOME_TRAFFIC' | 'OUTCOME_AWARENESS'
  /** Share of the account's budget while it runs. */
  weight: number
  /** Claims per thousand impressions cost this much in major units. */
  cpm: number
  clickRate: number
  since: number
  /** null: still running. */
  until: number | null
}

const KINDS = [
  { name: 'Prospecting | Broad', objective: 'OUTCOME_SALES', weight: 0.34, cpm: 9.5, clickRate: 0.012 },
  { name: 'Retargeting | 30d', objective: 'OUTCOME_SALES', weight: 0.2, cpm: 16, clickRate: 0.021 },
  { name: 'Black Friday', objective: 'OUTCOME_SALES', weight: 0.5, cpm: 19, clickRate: 0.018 },
  { name: 'Catalogue | Always On', objective: 'OUTCOME_SALES', weight: 0.18, cpm: 11, clickRate: 0.014 },
  { name: 'Lookalike 1% | Purchasers', objective: 'OUTCOME_SALES', weight: 0.16, cpm: 12.5, clickRate: 0.011 },
  { name: 'Brand Film', objective: 'OUTCOME_AWARENESS', weight: 0.08, cpm: 5, clickRate: 0.004 },
] as const

/** Campaigns of one ad account over [since, until): evergreen ones, one that ended, and the November push. */
export function campaigns(
  brand: DemoBrand,
  range: { since: number; until: number; base: number },
  chance: Random,
): Campaign[] {
  return KINDS.slice(0, brand.campaigns).map((kind, index) => {
    const window = { since: range.since + chance.int(0, 20) * DAY, until: null as number | null }
    if (kind.name === 'Black Friday') {
      const november = Date.UTC(new Date(range.until - 20 * DAY).getUTCFullYear(), 10, 10)
      window.since = november > range.until ? november - 365 * DAY : november
      window.until = window.since + 24 * DAY
    }
    if (kind.name.startsWith('Lookalike')) window.until = range.until - 60 * DAY
    return {
      ...kind,
      ...window,
      id: `1202${String(range.base * 100 + index).padStart(14, '0')}`,
      weight: kind.weight * (0.8 + 0.4 * chance.next()),
    }
  })
}

export const isRunning = (campaign: Campaign, at: number): boolean =>
  campaign.since <= at && (campaign.until === null || at < campaign.until)
