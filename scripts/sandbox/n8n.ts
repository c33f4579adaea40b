import { Hono } from 'hono'

export type N8nCall = {
  path: string
  id: string
  timestamp: number
  signature: string
  body: unknown
  /** As it came, for whoever checks the signature. */
  text: string
}

const KEPT_CALLS = 1000
const SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/

/**
 * n8n's webhook node: `POST /webhook/*` answers `{"message": "Workflow was started"}` to what is signed in the form of
 * Standard Webhooks, 401 to anything else. `GET /calls` gives the last 1,000, oldest first; `calls()` gives the same to a test.
 */
export function n8nSandbox(): Hono & { calls: () => readonly N8nCall[] } {
  const calls: N8nCall[] = []
  const app = new Hono()
  app.post('/webhook/*', async (c) => {
    const [id = '', timestamp = '', signature = ''] = ['id', 'timestamp', 'signature'].map((name) =>
      c.req.header(`webhook-${name}`),
    )
    if (id === '' || !/^\d+$/.test(timestamp) || !SIGNATURE.test(signature))
      return c.json({ message: 'Authorization data is wrong!' }, 401)
    const text = await c.req.text()
    const path = c.req.path.slice(c.req.path.indexOf('/webhook/') + '/webhook/'.length)
    calls.push({ path, id, timestamp: Number(timestamp), signature, body: JSON.parse(text), text })
    if (calls.length > KEPT_CALLS) calls.shift()
    return c.json({ message: 'Workflow was started' })
  })
  app.get('/calls', (c) => c.json({ calls }))
  return Object.assign(app, { calls: () => [...calls] })
}
