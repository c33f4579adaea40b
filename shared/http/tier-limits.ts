import type { Tier } from '../tenant.ts'

/** Requests in a calendar minute, hour and day (UTC), over all instances. */
export type Allowance = { perMinute: number; perHour?: number; perDay?: number }
export type TierLimits = Readonly<Record<Tier, { machine: Allowance; person: Allowance }>>

/** What a tier may ask: each API key and MCP client of its own, each person at the dashboard of their own. */
export const TIER_LIMITS: TierLimits = {
  starter: { machine: { perMinute: 60, perHour: 1_000, perDay: 10_000 }, person: { perMinute: 600 } },
  pro: { machine: { perMinute: 240, perHour: 5_000, perDay: 50_000 }, person: { perMinute: 600 } },
  enterprise: { machine: { perMinute: 1_200, perHour: 25_000, perDay: 250_000 }, person: { perMinute: 600 } },
}
