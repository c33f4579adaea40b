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

export const WINDOW_DAYS = 30
const WINDOW_MS = WINDOW_DAYS * 24 * 60 * 60 * 1000

/** The touches that may earn an order of this instant: at most 30 days before it (both ends included), by time, then id. */
export function touchesInWindow(touches: readonly Touch[], orderedAt: Date): Touch[] {
  const until = orderedAt.getTime()
  return touches
    .filter(({ occurred_at }) => occurred_at.getTime() <= until && occurred_at.getTime() >= until - WINDOW_MS)
    .sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || (a.visit_id < b.visit_id ? -1 : 1))
}
