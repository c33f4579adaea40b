import { AppError } from '../errors.ts'
import type { Step } from './context.ts'

/** Refuses hosts that are not ours; an empty list means any. */
export function hostAllowList(hosts: readonly string[]): Step {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()))
  return async (c, next) => {
    const host = (c.req.header('host') ?? '').toLowerCase()
    if (allowed.size > 0 && !allowed.has(host)) throw new AppError('FORBIDDEN', 'This host is not served here.')
    await next()
  }
}
