import { beforeAll } from 'vitest'
import { buildApi } from '../../shared/http/api.ts'
import type { TierLimits } from '../../shared/http/tier-limits.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { type Answer, ask, serveApp } from './http.ts'

const plenty = { machine: { perMinute: 1_000_000 }, person: { perMinute: 1_000_000 } }
/** Limits that tests do not meet. */
export const PLENTY: { ipLimit: { perMinute: number }; tenantLimit: { tiers: TierLimits } } = {
  ipLimit: { perMinute: 1_000_000 },
  tenantLimit: { tiers: { starter: plenty, pro: plenty, enterprise: plenty } },
}

type Asked = Parameters<typeof ask>[1]

/** The API on a port of its own with limits that tests do not meet. Paths begin with /. */
export function useApi(): (path: string, asked?: Asked) => Promise<Answer> {
  let origin = ''
  beforeAll(async () => {
    origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
  })
  return (path, asked) => ask(`${origin}${path}`, asked)
}
