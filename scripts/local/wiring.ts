import { type PlatformMap, subscriptionsOf } from './map.ts'

const DEAD_LETTERS = 'dead-letters'

export interface WiringOptions {
  map: PlatformMap
  /** Of a Pub/Sub that speaks REST. */
  cloudUrl: string
  projectId: string
  /** Where a function listens. */
  functionUrl(name: string): string
  /** Default: 1 s to 10 s; in the cloud it is 10 s to 600 s. */
  backoff?: { minimumSeconds: number; maximumSeconds: number }
}

/**
 * Makes the map's topics and push subscriptions, and the pull subscription `dead-letters`, as Terraform does in the cloud.
 * Can be repeated: push endpoints follow. Named subscriptions that no function takes are left out.
 */
export async function wire({ map, cloudUrl, projectId, functionUrl, backoff }: WiringOptions): Promise<void> {
  const { minimumSeconds, maximumSeconds } = backoff ?? { minimumSeconds: 1, maximumSeconds: 10 }
  const base = `${cloudUrl}/v1/projects/${projectId}`
  const topicName = (topic: string) => `projects/${projectId}/topics/${topic}`
  const topics = new Set([...map.topics, DEAD_LETTERS])

  await Promise.all([...topics].map((topic) => put(`${base}/topics/${topic}`, {})))
  await put(`${base}/subscriptions/${DEAD_LETTERS}`, { topic: topicName(DEAD_LETTERS), ackDeadlineSeconds: 600 })
  await Promise.all(
    subscriptionsOf(map).map(({ name, topic, filter, functionName }) =>
      put(`${base}/subscriptions/${name}`, {
        topic: topicName(topic),
        filter,
        pushConfig: { pushEndpoint: functionUrl(functionName), noWrapper: { writeMetadata: true } },
        ackDeadlineSeconds: 300,
        retryPolicy: { minimumBackoff: `${minimumSeconds}s`, maximumBackoff: `${maximumSeconds}s` },
        deadLetterPolicy: { deadLetterTopic: topicName(DEAD_LETTERS), maxDeliveryAttempts: 10 },
      }),
    ),
  )
}

async function put(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${answer}`)
}
