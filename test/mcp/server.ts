import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenerOf } from '../../shared/http/listener.ts'
import { buildMcp } from '../../shared/mcp/endpoint.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLENTY } from '../support/limits.ts'
import { createTenant } from '../support/tenants.ts'
import { FIXTURES } from './fixtures.ts'
import { createKey } from './keys.ts'

/** The product's server with the suite's fixtures beside its operations. The suite signs nobody in: each request gets a key. */
export async function startFixtureServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const { tenantId } = await createTenant('conformance')
  const key = await createKey(tenantId)
  const listener = listenerOf(buildMcp({ operations: OPERATIONS, besides: FIXTURES, ...PLENTY }))
  const server = createServer((request, response) => {
    request.rawHeaders.push('Authorization', `Bearer ${key}`)
    return listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address is an AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}
