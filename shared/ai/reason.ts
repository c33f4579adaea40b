/** Why a question could not be answered; null stands for an answer. */
export const REASONS = [
  /** What the model wrote could not be proven, also after a repair. */
  'unproven',
  /** The model refused. */
  'declined',
  /** The brand has no data: zeros would be proven, and say nothing. */
  'nothing_connected',
  'budget_exhausted',
  'too_many_steps',
  'too_late',
  'cut_short',
  /** Whoever asked went away. */
  'abandoned',
  'not_configured',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_rejected',
  'provider_bad_response',
] as const
export type Reason = (typeof REASONS)[number]
