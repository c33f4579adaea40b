import * as z from 'zod'
import { readDocument, writeDocument } from '../cloud/firestore.ts'
import { logError } from '../log.ts'

/** An answer as JSON text; `madeAt` in ms since the epoch. */
export type CachedAnswer = { text: string; etag: string; madeAt: number }

const Stored = z.object({ text: z.string(), etag: z.string(), made_at: z.number() })
/** A document is at most 1 MiB, with its name and fields. */
export const MAX_BYTES = 900 * 1024
/**
 * How long an answer waits for Firestore (tests on a busy machine wait longer), and what is worth that: an answer that
 * Postgres gives sooner is computed again by each instance.
 */
export const patience = { timeoutMs: 150, worthStoringMs: 100 }
/** After a failure Firestore is left alone for this long: a cache that slows answers down is none. */
const PAUSE_MS = 5_000
let pausedUntil = 0

/** What another instance has computed, or null; also when Firestore is down or slow. */
export const readAnswer = (key: string): Promise<CachedAnswer | null> =>
  unlessDown(async () => {
    const found = Stored.safeParse(await readDocument(`answers/${key}`, patience.timeoutMs))
    if (!found.success) return null
    const { text, etag, made_at } = found.data
    return { text, etag, madeAt: made_at }
  })

/** For other instances; what is too large or fails is left out. */
export async function storeAnswer(key: string, answer: CachedAnswer, expiresAt: Date): Promise<void> {
  if (Buffer.byteLength(answer.text) > MAX_BYTES) return
  const document = { text: answer.text, etag: answer.etag, made_at: answer.madeAt, expires_at: expiresAt }
  await unlessDown(() => writeDocument(`answers/${key}`, document, patience.timeoutMs))
}

async function unlessDown<T>(work: () => Promise<T>): Promise<T | null> {
  if (performance.now() < pausedUntil) return null
  try {
    return await work()
  } catch (error) {
    pausedUntil = performance.now() + PAUSE_MS
    logError('The answer cache in Firestore is left out for a while.', error)
    return null
  }
}
