import type { CloudTasksClient } from '@google-cloud/tasks'
import { config } from '../config.ts'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import type { Message } from './pubsub.ts'
import { CALL_TIMEOUT_MS, once, restOptions } from './rest.ts'

const tasks = once<CloudTasksClient>(async () => {
  const { CloudTasksClient: Client } = await import('@google-cloud/tasks')
  return new Client(await restOptions())
})

/**
 * Publishes one message at `at`, by a Cloud Task whose target is Pub/Sub's own publish endpoint. `id` names the task,
 * so that scheduling the same message twice delivers it once.
 */
export async function publishLater(topic: string, message: Message, options: { id: string; at: Date }): Promise<void> {
  const project = config('GOOGLE_CLOUD_PROJECT')
  const client = await tasks()
  const queue = client.queuePath(project, config('GOOGLE_CLOUD_REGION'), config('TASKS_QUEUE'))
  const url = `${config('CLOUD_ENDPOINT') ?? 'https://pubsub.googleapis.com'}/v1/projects/${project}/topics/${topic}:publish`
  const body = { messages: [{ data: Buffer.from(message.data).toString('base64'), attributes: message.attributes }] }
  const task = {
    name: `${queue}/tasks/${options.id}`,
    scheduleTime: { seconds: Math.ceil(options.at.getTime() / 1000) },
    httpRequest: {
      httpMethod: 'POST' as const,
      url,
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)).toString('base64'),
      ...publishIdentity(),
    },
  }
  try {
    await effect(`task ${topic}`, () => client.createTask({ parent: queue, task }, { timeout: CALL_TIMEOUT_MS }))
  } catch (cause) {
    if (isAlreadyExists(cause)) return
    throw new AppError('UNAVAILABLE', `Cloud Tasks did not take a delayed message for ${topic}.`, { cause })
  }
}

/** googleapis.com wants an OAuth token, not an OIDC one; the local cloud takes none. */
function publishIdentity() {
  if (config('CLOUD_ENDPOINT')) return {}
  const serviceAccountEmail = config('TASKS_IDENTITY')
  if (!serviceAccountEmail)
    throw new AppError('CONFIG_INVALID', 'A function that delays messages needs TASKS_IDENTITY.')
  return { oauthToken: { serviceAccountEmail } }
}

const ALREADY_EXISTS = [6, 409]
const isAlreadyExists = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ALREADY_EXISTS.includes(Number(error.code))
