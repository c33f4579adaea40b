import { GraphError } from './errors.ts'

export type MetaLimits = {
  /** Calls to one ad account in a window before code 17. */
  callsPerAccount: number
  /** Calls of the whole app in a window before code 4. */
  callsPerApp: number
  windowMs: number
  /** Milliseconds; limits pace real traffic, so this is not the world's clock. */
  clock: () => number
}

const DEFAULTS: MetaLimits = {
  callsPerAccount: 20_000,
  callsPerApp: 1_000_000,
  windowMs: 3_600_000,
  clock: () => Date.now(),
}

type Count = { startedAtMs: number; calls: number }
/** Counts a call, or throws when the limit is reached. A refused call is not counted. */
export type Usage = {
  countApp: () => void
  countAccount: (accountId: string) => void
  /** The usage headers of an answer; those of the account only where the call named one. */
  headers: (accountId: string | null, edge: string) => Record<string, string>
}

export function usageCounter(options: Partial<MetaLimits>): Usage {
  const limits = { ...DEFAULTS, ...options }
  const counts = new Map<string, Count>()
  const current = (key: string): Count => {
    const count = counts.get(key)
    if (count && limits.clock() - count.startedAtMs < limits.windowMs) return count
    const fresh = { startedAtMs: limits.clock(), calls: 0 }
    counts.set(key, fresh)
    return fresh
  }
  const take = (key: string, limit: number, refusal: () => GraphError) => {
    const count = current(key)
    if (count.calls >= limit) throw refusal()
    count.calls += 1
  }
  return {
    countApp: () => take('app', limits.callsPerApp, appLimitReached),
    countAccount: (accountId) => take(accountId, limits.callsPerAccount, accountLimitReached),
    headers: (accountId, edge) => {
      const app = percent(current('app').calls, limits.callsPerApp)
      const appUsage = { 'X-App-Usage': JSON.stringify(loads(Math.floor(app))) }
      if (accountId === null) return appUsage
      const count = current(accountId)
      const account = percent(count.calls, limits.callsPerAccount)
      const leftMs = limits.windowMs - (limits.clock() - count.startedAtMs)
      return { ...appUsage, ...accountHeaders({ accountId, app, account, leftMs, edge }) }
    },
  }
}

const percent = (calls: number, limit: number) => Math.min(100, Math.round((calls / limit) * 10_000) / 100)
const loads = (pct: number) => ({ call_count: pct, total_cputime: pct, total_time: pct })
const TIER = { ads_api_access_tier: 'standard_access' }

type AccountLoad = { accountId: string; app: number; account: number; leftMs: number; edge: string }

function accountHeaders({ accountId, app, account, leftMs, edge }: AccountLoad): Record<string, string> {
  const waitMinutes = account >= 100 ? Math.ceil(leftMs / 60_000) : 0
  const useCase = {
    type: edge === 'insights' ? 'ads_insights' : 'ads_management',
    ...loads(Math.floor(account)),
    estimated_time_to_regain_access: waitMinutes,
    ...TIER,
  }
  return {
    'X-Ad-Account-Usage': JSON.stringify({
      acc_id_util_pct: account,
      reset_time_duration: Math.ceil(leftMs / 1000),
      ...TIER,
    }),
    'X-Business-Use-Case-Usage': JSON.stringify({ [accountId]: [useCase] }),
    'X-FB-Ads-Insights-Throttle': JSON.stringify({ app_id_util_pct: app, acc_id_util_pct: account, ...TIER }),
  }
}

const appLimitReached = () =>
  new GraphError(4, '(#4) Application request limit reached', { status: 403, transient: true })

const accountLimitReached = () =>
  new GraphError(17, 'User request limit reached', {
    subcode: 2446079,
    transient: true,
    userTitle: 'Ad Account Has Too Many API Calls',
    userMessage: 'There have been too many calls from this ad-account. Please wait a bit and try again.',
  })
