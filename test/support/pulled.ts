import * as z from 'zod'
import type { useCloud } from './cloud.ts'
import type { TestTenant } from './tenants.ts'

const PROJECT = 'pulsepoint-test'
const Pulled = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string(),
        message: z.object({ data: z.string(), attributes: z.record(z.string(), z.string()) }),
      }),
    )
    .default([]),
})

/** What is published on a topic of the file's local cloud from listen() on, by tenant. */
export function pulled(cloud: ReturnType<typeof useCloud>, topic: string) {
  const events: { tenantId: string; data: unknown }[] = []
  const call = async (method: 'PUT' | 'POST', action: string, body: object): Promise<unknown> => {
    const url = `${cloud.current().url}/v1/projects/${PROJECT}/subscriptions/test.${topic}${action}`
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  async function pull(): Promise<void> {
    const { receivedMessages } = Pulled.parse(await call('POST', ':pull', { maxMessages: 100 }))
    if (receivedMessages.length === 0) return
    await call('POST', ':acknowledge', { ackIds: receivedMessages.map(({ ackId }) => ackId) })
    for (const { message } of receivedMessages) {
      const data: unknown = JSON.parse(Buffer.from(message.data, 'base64').toString())
      events.push({ tenantId: message.attributes['ce-tenantid'] ?? '', data })
    }
    await pull()
  }
  return {
    listen: () => call('PUT', '', { topic: `projects/${PROJECT}/topics/${topic}` }),
    of: async ({ tenantId }: Pick<TestTenant, 'tenantId'>): Promise<unknown[]> => {
      await pull()
      return events.filter((event) => event.tenantId === tenantId).map(({ data }) => data)
    },
  }
}
