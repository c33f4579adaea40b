import { isIP, isIPv6 } from 'node:net'
import type { HttpContext } from './context.ts'

/**
 * Who is calling. A load balancer appends the client's address and its own to X-Forwarded-For: with one trusted hop the
 * client is the last but one, whatever a client wrote before it. Without the header the socket's address counts.
 */
export function clientAddress(c: HttpContext, trustedHops: number): string {
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  const forwarded = hops.at(-1 - trustedHops) ?? ''
  const address = isIP(forwarded) ? forwarded : (c.env?.incoming?.socket.remoteAddress ?? 'unknown')
  return isIPv6(address) ? networkOf(address) : address
}

/** A household has a /64 of IPv6 addresses, so that is what is limited. Mapped IPv4 counts as the IPv4 it is. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
