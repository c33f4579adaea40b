import { z } from 'zod'
import { listen } from '../../scripts/local/listen.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Store } from '../../scripts/sandbox/world.ts'
import { DUE_AT } from './world.ts'

const Requests = z.record(z.string(), z.record(z.string(), z.number()))
const SlackMessages = z.object({ messages: z.array(z.unknown()) })

/** One hour's Shopify, Meta, Slack and mail server, which count what they are asked. */
export type Providers = {
  url: string
  smtpUrl: string
  /** Answered by Shopify and Meta so far. */
  requests(): Promise<number>
  slackMessages(): Promise<number>
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
    close: async () => {
      await close()
      await app.smtp.close()
    },
  }
}
