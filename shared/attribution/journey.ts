/** One visit before an order; hints name the campaign as the visit's parameters did. `day` is in the brand's zone. */
export type Touch = {
  visit_id: string
  occurred_at: Date
  day: string
  bucket: 'paid' | 'organic' | 'email' | 'direct'
  provider: string | null
  campaign_id_hint: string | null
  campaign_name_hint: string | null
}

/** How long before an order a touch may lie where nobody has set it. */
export const WINDOW_DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000

/** The touches that may earn an order: from so many days before it to its instant (both included), by time, then id. */
export function touchesInWindow(touches: readonly Touch[], orderedAt: Date, windowDays: number): Touch[] {
  const until = orderedAt.getTime()
  const since = until - windowDays * DAY_MS
  return touches
    .filter(({ occurred_at }) => occurred_at.getTime() <= until && occurred_at.getTime() >= since)
    .sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || (a.visit_id < b.visit_id ? -1 : 1))
}
