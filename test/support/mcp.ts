import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll } from 'vitest'

/** Clients that are closed when the test file ends. Tools are listed first, so that a client checks answers against their schemas. */
export function useMcpClients(): (origin: string, bearer: string) => Promise<Client> {
  const clients: Client[] = []
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()))
  })
  return async (origin, bearer) => {
    const client = new Client({ name: 'test', version: '1' })
    clients.push(client)
    const requestInit = { headers: { authorization: `Bearer ${bearer}` } }
    const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), { requestInit })
    // The SDK's transport declares optional members in a way that exactOptionalPropertyTypes does not accept.
    await client.connect(transport as Parameters<Client['connect']>[0])
    await client.listTools()
    return client
  }
}
