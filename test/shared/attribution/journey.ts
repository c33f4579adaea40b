import type { Touch } from '../../../shared/attribution/journey.ts'

/** A visit at this instant (UTC); paid by Meta without any hint unless said. */
export const visit = (at: string, given: Partial<Touch> = {}): Touch => ({
  visit_id: at,
  occurred_at: new Date(at),
  day: at.slice(0, 10),
  bucket: 'paid',
  provider: given.bucket === undefined || given.bucket === 'paid' ? 'meta' : null,
  campaign_id_hint: null,
  campaign_name_hint: null,
  ...given,
})
