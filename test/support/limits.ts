import type { TierLimits } from '../../shared/http/tier-limits.ts'

const plenty = { machine: { perMinute: 1_000_000 }, person: { perMinute: 1_000_000 } }
/** Limits that tests do not meet. */
export const PLENTY: { ipLimit: { perMinute: number }; tenantLimit: { tiers: TierLimits } } = {
  ipLimit: { perMinute: 1_000_000 },
  tenantLimit: { tiers: { starter: plenty, pro: plenty, enterprise: plenty } },
}
