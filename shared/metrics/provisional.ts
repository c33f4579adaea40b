import { addDays } from '../units.ts'
import type { Provisional } from './figures.ts'

/** Platforms change what was spent and clicked today and on the two days before. */
const SPEND_DAYS = 3
/** As long as its attribution window lasts a platform books conversions to the day of their click. */
const CLAIM_DAYS: Readonly<Record<string, number>> = { meta: 28, 'google-ads': 30, tiktok: 28 }
export const AD_PLATFORMS: readonly string[] = Object.keys(CLAIM_DAYS)

export type AsOf = {
  today: string
  /** Whose claims are in the figure; others than ad platforms claim nothing. */
  platforms: readonly string[]
  /** The day of the oldest order whose journey the shop has not told yet; null: there is none. */
  pendingSince: string | null
}

/** The first day whose figure of this rule may still change; null: none may. Source: the platforms' documents, 2026. */
export function provisionalFrom(rule: Provisional, { today, platforms, pendingSince }: AsOf): string | null {
  if (rule === 'never') return null
  if (rule === 'credited') return pendingSince
  const days = rule === 'spend' ? SPEND_DAYS : Math.max(0, ...platforms.map((platform) => CLAIM_DAYS[platform] ?? 0))
  return days === 0 ? null : addDays(today, 1 - days)
}
