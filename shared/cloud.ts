import type { BigQuery } from '@google-cloud/bigquery'
import type { Firestore, v1 } from '@google-cloud/firestore'
import type { PubSub } from '@google-cloud/pubsub'
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import type { CloudTasksClient } from '@google-cloud/tasks'
import type { GoogleAuth } from 'google-auth-library'
import { config } from './config.ts'
import { effect } from './effects.ts'
import { AppError } from './errors.ts'

/** A message in the CloudEvents Pub/Sub binding, binary mode: the envelope in attributes, JSON as data. */
export type Message = { attributes: Readonly<Record<string, string>>; data: string }

/** The clients' own default is a minute: longer than anybody waits for a sign-in. The outbox keeps what did not get through. */
const CALL_TIMEOUT_MS = 5_000

/**
 * Clients are made on first use: loading one costs 70 to 230 ms of a cold start. All but one are CommonJS, whose names a bundle
 * keeps under `default` alone.
 */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const pubsub = once<PubSub>(async () => {
  const { default: module } = await import('@google-cloud/pubsub')
  return new module.PubSub({ ...(await restOptions()), ...originOption() })
})
const tasks = once<CloudTasksClient>(async () => {
  const { CloudTasksClient: Client } = await import('@google-cloud/tasks')
  return new Client(await restOptions())
})
const secrets = once<SecretManagerServiceClient>(async () => {
  const { default: module } = await import('@google-cloud/secret-manager')
  return new module.SecretManagerServiceClient(await restOptions())
})
/** The warehouse, as this function itself: for who writes it. Only shared/warehouse uses it. */
export const bigQuery = once<BigQuery>(async () => {
  const { default: module } = await import('@google-cloud/bigquery')
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const apiEndpoint = config('CLOUD_ENDPOINT')
  if (!apiEndpoint) return new module.BigQuery({ projectId })
  const { PassThroughClient } = await authLibrary()
  return new module.BigQuery({ projectId, apiEndpoint, authClient: new PassThroughClient() })
})

/**
 * BigQuery as whoever the token names: it is exchanged for one of Google's, and that for the next before it ends. The token
 * is asked for at each exchange.
 */
export async function bigQueryAs(getSubjectToken: () => Promise<string>): Promise<BigQuery> {
  const { default: module } = await import('@google-cloud/bigquery')
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const endpoint = config('CLOUD_ENDPOINT')
  const { IdentityPoolClient } = await authLibrary()
  const authClient = new IdentityPoolClient({
    type: 'external_account',
    audience: `//iam.googleapis.com/${config('WAREHOUSE_IDENTITIES')}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token_supplier: { getSubjectToken },
    scopes: ['https://www.googleapis.com/auth/bigquery'],
    ...(endpoint && { token_url: `${endpoint}/v1/token` }),
  })
  // Without the last option a client that is told an endpoint shows nobody's credentials.
  const elsewhere = endpoint && { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }
  return new module.BigQuery({ projectId, authClient, ...elsewhere })
}
const firestore = once<Firestore>(async () => {
  const { default: module } = await import('@google-cloud/firestore')
  const { projectId, auth } = await restOptions()
  const endpoint = config('CLOUD_ENDPOINT')
  if (!endpoint) return new module.Firestore({ projectId, preferRest: true })
  return new module.Firestore({ projectId, preferRest: true, host: new URL(endpoint).host, ssl: false, auth })
})
const firestoreWrites = once<InstanceType<typeof v1.FirestoreClient>>(async () => {
  const { default: module } = await import('@google-cloud/firestore') // v1 is a lazy getter, which has no named export
  return new module.v1.FirestoreClient(await restOptions())
})

const authLibrary = once(async () => (await import('google-auth-library')).default)

/** This function's own; the local cloud asks for none. */
const identity = once<GoogleAuth>(async () => {
  const { GoogleAuth: Auth, PassThroughClient } = await authLibrary()
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  if (config('CLOUD_ENDPOINT')) return new Auth({ projectId, authClient: new PassThroughClient() })
  return new Auth({ projectId, scopes: ['https://www.googleapis.com/auth/cloud-platform'] })
})

async function restOptions() {
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const endpoint = config('CLOUD_ENDPOINT')
  if (!endpoint) return { projectId, fallback: true as const }
  const { hostname, port, protocol } = new URL(endpoint)
  return {
    projectId,
    fallback: true as const,
    protocol: protocol.slice(0, -1),
    apiEndpoint: hostname,
    port: Number(port),
    auth: await identity(),
  }
}

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
      ...publishIdentity(project),
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
const publishIdentity = (project: string) =>
  config('CLOUD_ENDPOINT')
    ? {}
    : { oauthToken: { serviceAccountEmail: `delayed-messages@${project}.iam.gserviceaccount.com` } }

const databaseLogin = once(async () => {
  const { GoogleAuth: Auth } = await authLibrary()
  return new Auth({ scopes: ['https://www.googleapis.com/auth/sqlservice.login'] })
})

/** What this function's identity shows Cloud SQL in place of a password; good for less than an hour. Throws DB_UNAVAILABLE. */
export async function databaseToken(): Promise<string> {
  const token = await (await databaseLogin()).getAccessToken()
  if (!token) throw new AppError('DB_UNAVAILABLE', 'This identity got no token for Cloud SQL.')
  return token
}

const ALREADY_EXISTS = [6, 409]
const isAlreadyExists = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ALREADY_EXISTS.includes(Number(error.code))

const SECRET_TTL_MS = 5 * 60 * 1000
const secretCache = new Map<string, { value: Promise<string>; readAt: number }>()

/** The newest version of a secret, re-read every five minutes so that rotation needs no deploy. Throws CONFIG_INVALID. */
export function secret(name: string): Promise<string> {
  const cached = secretCache.get(name)
  // Wall-clock on purpose: a cache's age has nothing to do with the product's (movable) clock.
  if (cached && Date.now() - cached.readAt < SECRET_TTL_MS) return cached.value
  const value = readSecret(name)
  secretCache.set(name, { value, readAt: Date.now() })
  value.catch(() => secretCache.delete(name))
  return value
}

/** The next to ask reads it anew. */
export const forgetSecret = (name: string): void => void secretCache.delete(name)

async function readSecret(name: string): Promise<string> {
  const client = await secrets()
  const path = `projects/${config('GOOGLE_CLOUD_PROJECT')}/secrets/${name}/versions/latest`
  try {
    const [version] = await client.accessSecretVersion({ name: path }, { timeout: CALL_TIMEOUT_MS })
    return Buffer.from(version.payload?.data ?? '').toString('utf8')
  } catch (cause) {
    throw new AppError('UNAVAILABLE', `The secret ${name} could not be read from Secret Manager.`, { cause })
  }
}

/** The fields of a document, or null. Throws UNAVAILABLE after `timeoutMs`. */
export async function readDocument(path: string, timeoutMs: number): Promise<object | null> {
  const work = async () => (await (await firestore()).doc(path).get()).data() ?? null
  return await withinTime(() => effect('firestore read', work), timeoutMs)
}

/** Replaces a document. Throws UNAVAILABLE after `timeoutMs`; then it may still be written. */
export async function writeDocument(path: string, fields: object, timeoutMs: number): Promise<void> {
  const work = async () => void (await (await firestore()).doc(path).set(fields))
  await withinTime(() => effect('firestore write', work), timeoutMs)
}

/** This client repeats what fails for a minute and knows no deadline; what comes too late is nobody's any more. */
async function withinTime<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([work(), late.promise])
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'Firestore did not answer in time.', { cause })
  } finally {
    clearTimeout(timer)
  }
}

export type Counter = { path: string; by: number; expiresAt: Date }

/**
 * Adds to counters that all instances share, all in one commit, and returns their totals after it, in order. A counter
 * that is not there starts at 0. No transaction: the totals come back with the increments, so that nobody ever waits or
 * aborts for another. Throws UNAVAILABLE after `timeoutMs`; then the commit may or may not have happened.
 */
export async function addToCounters(counters: readonly Counter[], timeoutMs: number): Promise<number[]> {
  const database = `projects/${config('GOOGLE_CLOUD_PROJECT')}/databases/(default)`
  const writes = counters.map(({ path, by, expiresAt }) => ({
    update: {
      name: `${database}/documents/${path}`,
      fields: { expires_at: { timestampValue: { seconds: Math.ceil(expiresAt.getTime() / 1000) } } },
    },
    updateMask: { fieldPaths: ['expires_at'] },
    updateTransforms: [{ fieldPath: 'total', increment: { integerValue: by } }],
  }))
  // Not repeated by the client: that would count twice.
  const options = { timeout: timeoutMs, retry: { retryCodes: [] } }
  const work = async () => (await (await firestoreWrites()).commit({ database, writes }, options))[0].writeResults ?? []
  const results = await withinTime(() => effect('firestore counters', work), timeoutMs)
  return results.map(({ transformResults }) => Number(transformResults?.[0]?.integerValue))
}
