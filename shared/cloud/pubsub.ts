import type { PubSub } from '@google-cloud/pubsub'
import { config } from '../config.ts'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import { CALL_TIMEOUT_MS, once, restOptions } from './rest.ts'

/** A message in the CloudEvents Pub/Sub binding, binary mode: the envelope in attributes, JSON as data. */
export type Message = { attributes: Readonly<Record<string, string>>; data: string }

const pubsub = once<PubSub>(async () => {
  const { default: module } = await import('@google-cloud/pubsub')
  return new module.PubSub({ ...(await restOptions()), ...originOption() })
})

const originOption = () => {
  const endpoint = config('CLOUD_ENDPOINT')
  return endpoint ? { apiEndpoint: endpoint } : {}
}

/** Publishes and waits until Pub/Sub has taken every message. Throws UNAVAILABLE; then the outbox keeps them for the relay. */
export async function publish(topic: string, messages: readonly Message[]): Promise<void> {
  const client = await pubsub()
  const publisher = client.topic(topic, {
    batching: { maxMessages: 500, maxMilliseconds: 5 },
    gaxOpts: { timeout: CALL_TIMEOUT_MS },
  })
  try {
    const sent = messages.map(({ attributes, data }) =>
      publisher.publishMessage({ data: Buffer.from(data), attributes: { ...attributes } }),
    )
    await effect(`publish ${topic}`, () => Promise.all([...sent, publisher.flush()])) // all at once: a rejection that nobody awaits ends the process
  } catch (cause) {
    throw new AppError('UNAVAILABLE', `Pub/Sub did not take ${messages.length} message(s) for ${topic}.`, { cause })
  }
}
