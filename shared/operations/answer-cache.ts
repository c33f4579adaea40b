import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { clock } from '../clock.ts'
import { dataVersion, hasDataVersion } from '../db/data-version.ts'
import { onReplica, replicaServes } from '../db/replica.ts'
import { AppError } from '../errors.ts'
import { actor, PERMISSIONS, tenantKey } from '../tenant.ts'
import { dayIn } from '../units.ts'
import { type CachedAnswer, patience, readAnswer, storeAnswer } from './answer-store.ts'
import { type AnyOperation, call } from './call.ts'

/** `asOf`: when a stale answer was last known to be current; ms since the epoch. */
export type Answered = { text: string; etag: string; cache: 'hit' | 'miss' | 'stale'; asOf: number }
export type Question = {
  operation: AnyOperation
  /** As the caller gave it: an answer is only kept of what was valid. */
  given: object
  /** null: the answer is about all of the tenant's brands. */
  brandId: string | null
}

/** `stamp`: the data version and day it was computed for. */
type Entry = CachedAnswer & { stamp: string; confirmedAt: number }

const TTL_MS = 60 * 60 * 1000
const MAX_BYTES_IN_INSTANCE = 64 * 1024 * 1024
const QUARTER_HOUR_MS = 15 * 60 * 1000
const UPSTREAM_FAILED: readonly string[] = ['DB_UNAVAILABLE', 'UNAVAILABLE']

/** By question: the last answer to it, of whatever version. */
const answers = new LRUCache<string, Entry>({
  maxSize: MAX_BYTES_IN_INSTANCE,
  sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + 200,
})
const computing = new Map<string, Promise<Entry>>()
/** What each operation's last answer cost this instance. */
const costsMs = new Map<string, number>()

/**
 * The answer of a cached operation, as JSON text. It is kept for an hour, here and in Firestore, and given while the
 * tenant's data version, read for every question, is still the one it was computed for. When that or the computation
 * fails for want of an upstream, the last answer to this very question is given as stale.
 */
export async function cachedAnswer(question: Question): Promise<Answered> {
  const key = questionKey(question)
  try {
    const { version, time_zone } = await dataVersion(question.brandId)
    const stamp = `${version}:${dayStamp(time_zone)}`
    const known = answers.get(key)
    if (known?.stamp !== stamp || isExpired(known)) return await missed(question, { key, stamp, version })
    known.confirmedAt = Date.now()
    return { text: known.text, etag: known.etag, cache: 'hit', asOf: known.confirmedAt }
  } catch (error) {
    const last = answers.get(key)
    if (!(error instanceof AppError) || !UPSTREAM_FAILED.includes(error.code) || !last || isExpired(last)) throw error
    return { text: last.text, etag: last.etag, cache: 'stale', asOf: last.confirmedAt }
  }
}

const isExpired = ({ madeAt }: Entry): boolean => Date.now() - madeAt >= TTL_MS

/** Answers may depend on today: the brand's, or, where zones are mixed, whatever day it is anywhere (zones differ by quarters). */
const dayStamp = (timeZone: string | null): string =>
  timeZone === null ? String(Math.floor(clock.now().getTime() / QUARTER_HOUR_MS)) : dayIn(timeZone, clock.now())

function questionKey({ operation, given, brandId }: Question): string {
  const { tenantId, permissions } = actor()
  const held = PERMISSIONS.map((permission) => (permissions.has(permission) ? '1' : '0')).join('')
  const fields = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))
  return tenantKey(
    'answer',
    tenantId,
    operation.name,
    held,
    hash('sha256', JSON.stringify([brandId, fields]), 'base64url'),
  )
}

type Missed = { key: string; stamp: string; version: bigint }

/** Who asks the same while it is computed shares the computation. */
async function missed(question: Question, { key, stamp, version }: Missed): Promise<Answered> {
  const full = `${key}:${stamp}`
  const begun = computing.get(full)
  const entry = begun ?? findOrCompute(question, { key: full, stamp, version })
  if (!begun) {
    computing.set(full, entry)
    const done = () => computing.delete(full)
    entry.then(done, done)
  }
  const { text, etag, confirmedAt } = await entry
  return { text, etag, cache: 'miss', asOf: confirmedAt }
}

async function findOrCompute(question: Question, { key, stamp, version }: Missed): Promise<Entry> {
  const stored = isWorthStoring(question) ? await readAnswer(key) : null
  const usable = stored && Date.now() - stored.madeAt < TTL_MS ? stored : null
  const answer = usable ?? (await compute(question, version))
  if (!usable && isWorthStoring(question)) await storeAnswer(key, answer, new Date(answer.madeAt + TTL_MS))
  const entry = { ...answer, stamp, confirmedAt: Date.now() }
  answers.set(key.slice(0, -stamp.length - 1), entry)
  return entry
}

const isWorthStoring = ({ operation }: Question): boolean =>
  (costsMs.get(operation.name) ?? 0) >= patience.worthStoringMs

async function compute(question: Question, version: bigint): Promise<CachedAnswer> {
  const startedAt = performance.now()
  const run = () => call(question.operation, question.given)
  const body = (await mayReadReplica(question, version)) ? await onReplica(run) : await run()
  const text = JSON.stringify(body)
  // Of several at once each waits for the others: that an instance is busy makes no answer worth storing.
  costsMs.set(question.operation.name, (performance.now() - startedAt) / Math.max(1, computing.size))
  return { text, etag: etagOf(text), madeAt: Date.now() }
}

/** Older rows must not be kept under a newer version: a replica that lags behind it is not asked. */
const mayReadReplica = async ({ operation, brandId }: Question, version: bigint): Promise<boolean> =>
  operation.reads === 'replica' && onReplica(async () => replicaServes() && (await hasDataVersion(brandId, version)))

/** Strong: the same text has the same tag. */
export const etagOf = (text: string): string => `"${hash('sha256', text, 'base64url').slice(0, 27)}"`

/** Forgets what this instance keeps, as a new one starts. */
export const forgetAnswers = (): void => answers.clear()
