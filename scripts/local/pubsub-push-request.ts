import { type Agent, request, validateHeaderName, validateHeaderValue } from 'node:http'
import type { StoredMessage } from './pubsub-backlog.ts'

const ACKNOWLEDGED = new Set([102, 200, 201, 202, 204])

/**
 * Each attribute as a header, as it was given, beside Google's own. No Content-Type unless the message has that attribute:
 * a publisher that forgot it must fail here as it would there.
 */
export function headersOf(subscription: string, message: StoredMessage): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(message.attributes).filter(([key, value]) => isHeader(key, value))),
    'x-goog-pubsub-message-id': String(message.id),
    'x-goog-pubsub-publish-time': message.published_at,
    'x-goog-pubsub-subscription-name': subscription,
    'content-length': String(message.data.byteLength),
    'user-agent': 'CloudPubSub-Google',
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}

/** What Google adds to a message that it moves to a dead-letter topic. Source: cloud.google.com/pubsub/docs/dead-letter-topics */
export function deadLetterAttributes(
  subscription: string,
  { attributes, published_at }: StoredMessage,
  { attempts, failure }: { attempts: number; failure: string },
) {
  const [, project, , name] = subscription.split('/')
  return {
    ...attributes,
    CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
    CloudPubSubDeadLetterSourceDeliveryErrorMessage: failure,
    CloudPubSubDeadLetterSourceSubscription: name ?? subscription,
    CloudPubSubDeadLetterSourceSubscriptionProject: project ?? '',
    CloudPubSubDeadLetterSourceTopicPublishTime: published_at,
  }
}

export interface PushRequest {
  url: string
  timeoutMs: number
  agent: Agent
  headers: Record<string, string>
  message: StoredMessage
  closing: AbortController
}

/** undefined when acknowledged, else why not. Never rejects. */
export function push({ url, timeoutMs, agent, headers, message, closing }: PushRequest): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', agent, headers, signal: closing.signal })
    const timer = setTimeout(() => call.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    const settle = (failure: string | undefined) => {
      clearTimeout(timer)
      resolve(failure)
    }
    call.on('response', (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      response.on('close', () => settle(ACKNOWLEDGED.has(status) ? undefined : `HTTP ${status}`))
    })
    call.on('error', (cause) => settle(cause.message))
    call.end(message.data)
  })
}
