import * as z from 'zod'

const DURATION = /^(\d+(?:\.\d+)?)s$/

/** A protobuf duration in JSON ("1.5s") as milliseconds. */
const durationMs = z
  .string()
  .regex(DURATION)
  .transform((text) => Math.round(Number.parseFloat(text) * 1_000))
const byteString = (max: number) => z.string().refine((text) => Buffer.byteLength(text) <= max, `at most ${max} bytes`)

/** Topic and subscription bodies carry more than this (labels, tags …): what the product does not use is ignored. */
export const SubscriptionBody = z.object({
  topic: z.string(),
  pushConfig: z
    .object({
      pushEndpoint: z.union([z.literal(''), z.url()]).default(''),
      noWrapper: z.object({ writeMetadata: z.boolean() }).nullish(),
    })
    .nullish(),
  ackDeadlineSeconds: z
    .number()
    .int()
    .max(600)
    .default(10)
    .transform((seconds) => seconds || 10),
  retryPolicy: z
    .object({ minimumBackoff: durationMs.default(10_000), maximumBackoff: durationMs.default(600_000) })
    .nullish(),
  deadLetterPolicy: z
    .object({ deadLetterTopic: z.string(), maxDeliveryAttempts: z.number().int().default(5) })
    .nullish(),
  filter: byteString(256).default(''),
})

/** How a subscription delivers; durations in ms. */
export interface SubscriptionConfig {
  topic: string
  pushEndpoint: string
  ackDeadlineMs: number
  minimumBackoffMs: number
  maximumBackoffMs: number
  deadLetter: { topic: string; maxAttempts: number } | undefined
  filter: string
}

/** Without a retry policy Google retries a failed push at once: 100 ms here, so that a dead endpoint does not spin. */
export function configOf(body: z.output<typeof SubscriptionBody>): SubscriptionConfig {
  const dead = body.deadLetterPolicy
  return {
    topic: body.topic,
    pushEndpoint: body.pushConfig?.pushEndpoint ?? '',
    ackDeadlineMs: body.ackDeadlineSeconds * 1_000,
    minimumBackoffMs: body.retryPolicy?.minimumBackoff ?? 100,
    maximumBackoffMs: body.retryPolicy?.maximumBackoff ?? 60_000,
    deadLetter: dead ? { topic: dead.deadLetterTopic, maxAttempts: dead.maxDeliveryAttempts } : undefined,
    filter: body.filter,
  }
}

const Message = z
  .object({ data: z.base64().default(''), attributes: z.record(byteString(256), byteString(1_024)).default({}) })
  .refine((m) => m.data !== '' || Object.keys(m.attributes).length > 0, 'data or attributes must be given')
  .transform((m) => ({ data: Buffer.from(m.data, 'base64'), attributes: m.attributes }))

/** Limits of a publish request: 1,000 messages (and 10 MB, checked on the body). Source: cloud.google.com/pubsub/quotas */
export const PublishBody = z.object({ messages: z.array(Message).min(1).max(1_000) })
export const PullBody = z.object({ maxMessages: z.number().int().min(1) })
export const AckBody = z.object({ ackIds: z.array(z.string()) })
export const ModifyAckBody = AckBody.extend({ ackDeadlineSeconds: z.number().int().min(0).max(600) })

export type NewMessage = z.output<typeof Message>
