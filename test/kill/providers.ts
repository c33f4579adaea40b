import * as z from 'zod'
import { listen } from '../../scripts/local/listen.ts'
import type { Fault } from '../../scripts/sandbox/faults.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Store } from '../../scripts/sandbox/world.ts'
import { DUE_AT } from './world.ts'

const Requests = z.record(z.string(), z.record(z.string(), z.number()))
const Struck = z.object({ id: z.number(), fired: z.number() })
const SlackMessages = z.object({ messages: z.array(z.unknown()) })

/** One hour's Shopify, Meta, Slack and mail server, which count what they are asked. */
export type Providers = {
  url: string
  smtpUrl: string
  /** Answered by Shopify and Meta so far. */
  requests(): Promise<number>
  slackMessages(): Promise<number>
  /** One goes wrong; how often it struck is told by what is returned. */
  inject(fault: Fault): Promise<() => Promise<number>>
  close(): Promise<void>
}

export async function openProviders(stores: readonly Store[]): Promise<Providers> {
  const app = sandbox({ now: () => DUE_AT, limitsClock: () => new Date(), stores })
  const { url, close } = await listen((request) => app.fetch(request), 0)
  const smtpUrl = await app.smtp.listen()
  const ask = async (path: string): Promise<unknown> => (await app.request(path)).json()
  return {
    url,
    smtpUrl,
    requests: async () => {
      const counts = Requests.parse(await ask('/_control/requests'))
      return ['shopify', 'meta']
        .flatMap((provider) => Object.values(counts[provider] ?? {}))
        .reduce((sum, count) => sum + count, 0)
    },
    slackMessages: async () => SlackMessages.parse(await ask('/slack/messages')).messages.length,
    inject: async (fault) => {
      const body = JSON.stringify(fault)
      const headers = { 'content-type': 'application/json' }
      const { id } = Struck.parse(
        await (await app.request('/_control/faults', { method: 'POST', body, headers })).json(),
      )
      return async () => {
        const faults = Struck.array().parse(await ask('/_control/faults'))
        return faults.find((each) => each.id === id)?.fired ?? 0
      }
    },
    close: async () => {
      await close()
      await app.smtp.close()
    },
  }
}
