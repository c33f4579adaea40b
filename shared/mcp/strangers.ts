import { AppError } from '../errors.ts'
import type { Step } from '../http/context.ts'

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A web page may only speak MCP if we know it, and only to a name of ours, or a page that has its own name resolve to us
 * could (DNS rebinding). Where nothing is configured, this machine alone is known.
 * Source: MCP specification 2025-11-25, transports, security warning.
 */
export function strangersRefused({ hosts, origins }: Record<'hosts' | 'origins', readonly string[]>): Step {
  return async (c, next) => {
    // A list of hosts holds for every path, and was heeded before.
    if (hosts.length === 0 && !isLocal(`http://${c.req.header('host')}`))
      throw new AppError('FORBIDDEN', 'This host is not served here: without ALLOWED_HOSTS only localhost is.')
    const origin = c.req.header('origin')
    if (origin !== undefined && !(origins.length === 0 ? isLocal(origin) : origins.includes(origin)))
      throw new AppError('FORBIDDEN', 'Pages of this origin may not use this endpoint.')
    await next()
  }
}

const isLocal = (origin: string): boolean => THIS_MACHINE.has(URL.parse(origin)?.hostname ?? '')
