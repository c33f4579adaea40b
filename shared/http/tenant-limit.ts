import { AppError } from '../errors.ts'
import { LEASING, type LeasingOptions, leasedWindows, type Standing, type Window } from '../leased-windows.ts'
import { type Actor, actor, type Tier, tenantKey } from '../tenant.ts'
import type { HttpContext, Step } from './context.ts'
import { type Allowance, TIER_LIMITS, type TierLimits } from './tier-limits.ts'

export type TenantLimit = LeasingOptions & {
  tiers: TierLimits
  /** Who speaks over MCP is a machine, whoever lent it the token. */
  surface: 'http' | 'mcp'
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** After authentication: how much this caller may ask by its tenant's tier. The tightest window is shown in RateLimit-*. */
export function tenantLimit(given: Pick<TenantLimit, 'surface'> & Partial<TenantLimit>): Step {
  const { tiers, surface, ...leasing } = { tiers: TIER_LIMITS, ...LEASING, ...given }
  const take = leasedWindows(leasing)
  return async (c, next) => {
    const caller = actor()
    if (caller.tier === null) return next()
    const { key, windows } = subjectOf(caller, { tier: caller.tier, surface, tiers })
    const { standings, refusedUntil } = await take(key, windows)
    const now = leasing.nowMs()
    show(c, standings, now)
    if (refusedUntil !== null) {
      c.header('Retry-After', String(secondsUntil(refusedUntil, now)))
      throw new AppError('RATE_LIMITED', 'Your plan allows no more requests for now; wait as Retry-After says.')
    }
    await next()
  }
}

type By = Pick<TenantLimit, 'tiers' | 'surface'> & { tier: Tier }

function subjectOf({ tenantId, apiKeyId, userId }: Actor, { tiers, tier, surface }: By) {
  const { machine, person } = tiers[tier]
  if (apiKeyId !== null) return { key: tenantKey('limit', tenantId, 'key', apiKeyId), windows: windowsOf(machine) }
  const kind = surface === 'mcp' ? 'mcp' : 'user'
  return {
    key: tenantKey('limit', tenantId, kind, userId ?? ''),
    windows: windowsOf(kind === 'mcp' ? machine : person),
  }
}

const windowsOf = ({ perMinute, perHour, perDay }: Allowance): Window[] => [
  { name: 'minute', sizeMs: MINUTE_MS, limit: perMinute },
  ...(perHour === undefined ? [] : [{ name: 'hour', sizeMs: HOUR_MS, limit: perHour }]),
  ...(perDay === undefined ? [] : [{ name: 'day', sizeMs: 24 * HOUR_MS, limit: perDay }]),
]

const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000))

/** Of several limits the one with the least left is what a caller must know; the address's was shown before. */
function show(c: HttpContext, standings: readonly Standing[], now: number): void {
  const tightest = standings.reduce((least, each) => (each.remaining <= least.remaining ? each : least))
  if (tightest.remaining > (c.get('requestsLeft') ?? Number.POSITIVE_INFINITY)) return
  c.header('RateLimit-Limit', String(tightest.window.limit))
  c.header('RateLimit-Remaining', String(tightest.remaining))
  c.header('RateLimit-Reset', String(secondsUntil(tightest.endsAt, now)))
}
