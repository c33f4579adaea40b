import { GoogleAuth } from 'google-auth-library'
import * as z from 'zod'
import { publish } from '../../shared/cloud/pubsub.ts'
import { config } from '../../shared/config.ts'
import { CATALOG, isEventType } from '../../shared/events/catalog.ts'

const Pulled = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string(),
        message: z.object({
          messageId: z.string(),
          publishTime: z.string().default(''),
          data: z.string().default(''),
          attributes: z.record(z.string(), z.string()).default({}),
        }),
      }),
    )
    .default([]),
})

export type DeadLetter = {
  ackId: string
  messageId: string
  publishTime: string
  /** Who gave it up. */
  subscription: string
  attributes: Record<string, string>
  data: string
}

const FROM = 'CloudPubSubDeadLetterSource'

/** At most `limit` messages of the subscription `dead-letters`; they come back by themselves unless they are settled. */
export async function pullDeadLetters(limit: number): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>()
  while (letters.size < limit) {
    const { receivedMessages } = Pulled.parse(await post(':pull', { maxMessages: Math.min(100, limit - letters.size) }))
    if (receivedMessages.length === 0) break
    for (const { ackId, message } of receivedMessages) {
      const { data, attributes, ...rest } = message
      const subscription = attributes[`${FROM}Subscription`] ?? ''
      letters.set(rest.messageId, {
        ackId,
        ...rest,
        subscription,
        attributes,
        data: Buffer.from(data, 'base64').toString(),
      })
    }
  }
  return [...letters.values()]
}

/** Gives them back as they were. */
export const giveBack = (letters: readonly DeadLetter[]): Promise<unknown> =>
  settle(letters, (ackIds) => post(':modifyAckDeadline', { ackIds, ackDeadlineSeconds: 0 }))

/** Publishes each to the topic that it came from, then takes it off. Those of no known topic are given back and returned. */
export async function publishAgain(letters: readonly DeadLetter[]): Promise<DeadLetter[]> {
  const [known, unknown] = [letters.filter((letter) => topicOf(letter)), letters.filter((letter) => !topicOf(letter))]
  for (const letter of known) {
    const attributes = Object.fromEntries(Object.entries(letter.attributes).filter(([name]) => !name.startsWith(FROM)))
    await publish(topicOf(letter) ?? '', [{ attributes, data: letter.data }])
    await post(':acknowledge', { ackIds: [letter.ackId] })
  }
  await giveBack(unknown)
  return unknown
}

/** By the subscription's name, `<function>.<topic>`; the named subscriptions are all of the events' topic. */
function topicOf({ subscription, attributes }: DeadLetter): string | null {
  const type = attributes['ce-type'] ?? ''
  if (!isEventType(type)) return null
  const topics: readonly string[] = CATALOG[type].topics
  return topics.find((topic) => subscription.endsWith(`.${topic}`)) ?? topics[0] ?? null
}

const settle = async (letters: readonly DeadLetter[], work: (ackIds: string[]) => Promise<unknown>): Promise<void> => {
  if (letters.length > 0) await work(letters.map(({ ackId }) => ackId))
}

async function post(action: string, body: object): Promise<unknown> {
  const endpoint = config('CLOUD_ENDPOINT')
  const path = `/v1/projects/${config('GOOGLE_CLOUD_PROJECT')}/subscriptions/dead-letters${action}`
  if (endpoint === undefined) {
    const client = await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/pubsub' }).getClient()
    return (await client.request({ url: `https://pubsub.googleapis.com${path}`, method: 'POST', data: body })).data
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`Pub/Sub answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
