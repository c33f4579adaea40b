import type { Firestore, v1 } from '@google-cloud/firestore'
import { config } from '../config.ts'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import { once, restOptions } from './rest.ts'

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
