import { LRUCache } from 'lru-cache'
import { atMost } from './at-most.ts'
import { addToCounters, type Counter } from './cloud/firestore.ts'
import { AppError } from './errors.ts'
import { logError } from './log.ts'

/** `limit` requests in each span of `sizeMs` since the epoch. */
export type Window = { name: string; sizeMs: number; limit: number }
/** How it stands with one window after a request; `total` is what all instances have leased, as last heard. */
export type Standing = { window: Window; remaining: number; endsAt: number }
export type Verdict = { standings: Standing[]; refusedUntil: number | null }

export type LeasingOptions = {
  /** Milliseconds since the epoch; all instances share it. */
  nowMs: () => number
  /** A request waits no longer than this for Firestore. */
  deadlineMs: number
  /** While Firestore is silent an instance admits this part of each limit by itself: one of so many. */
  localPart: number
  add: (counters: readonly Counter[], timeoutMs: number) => Promise<number[]>
}
export const LEASING: LeasingOptions = { nowMs: Date.now, deadlineMs: 50, localPart: 4, add: addToCounters }

type Lease = { endsAt: number; left: number; total: number; debt: number; refusedUntil: number }
type Subject = { leases: Map<string, Lease>; waiting: number; refilling: Promise<void> | null }

const SUBJECTS_KEPT = 50_000
/** After a failure Firestore is left alone for this long, so that no later request waits for it. */
const PAUSE_MS = 5_000

/**
 * Limits that all instances share: counters in Firestore, of which an instance leases a block and spends it by itself. The
 * blocks get smaller as the window fills, so that little lies idle in other instances at its end. While Firestore is
 * down or slow each instance admits its own part of every limit, and adds what it admitted to the counter later.
 */
export function leasedWindows({ nowMs, deadlineMs, localPart, add }: LeasingOptions) {
  const subjects = new LRUCache<string, Subject>(atMost(SUBJECTS_KEPT))
  let pausedUntil = 0

  async function refill(key: string, subject: Subject, windows: readonly Window[]): Promise<void> {
    const now = nowMs()
    const wanted = windows
      .map((window) => ({ window, lease: leaseOf(subject, window, now) }))
      .filter(({ lease }) => lease.left === 0)
      .map((each) => ({ ...each, block: blockOf(each.window, each.lease, subject.waiting) }))
    try {
      if (now < pausedUntil) throw new AppError('UNAVAILABLE', 'Firestore is left alone for a while.')
      const counters = wanted.map(({ window, lease, block }) => ({
        path: `limits/${key}:${window.name}:${lease.endsAt - window.sizeMs}`,
        by: block + lease.debt,
        expiresAt: new Date(lease.endsAt + window.sizeMs),
      }))
      const totals = await add(counters, deadlineMs)
      for (const [index, each] of wanted.entries()) grant(each, totals[index] ?? Number.POSITIVE_INFINITY)
    } catch (error) {
      if (now >= pausedUntil) {
        logError('Firestore gave no lease; this instance limits by itself for a while.', error)
        pausedUntil = nowMs() + PAUSE_MS
      }
      for (const each of wanted) grantLocally(each, { localPart, until: pausedUntil })
    }
  }

  /** One lease at a time for each subject; who waits shares it. */
  async function share(key: string, subject: Subject, windows: readonly Window[]): Promise<void> {
    subject.waiting += 1
    subject.refilling ??= refill(key, subject, windows).finally(() => {
      subject.refilling = null
    })
    await subject.refilling.finally(() => {
      subject.waiting -= 1
    })
  }

  /** Counts one request of the subject in all its windows, or in none. Never throws. */
  return async function take(key: string, windows: readonly Window[]): Promise<Verdict> {
    const subject = subjects.get(key) ?? { leases: new Map(), waiting: 0, refilling: null }
    subjects.set(key, subject)
    for (;;) {
      const now = nowMs()
      const leases = windows.map((window) => leaseOf(subject, window, now))
      const refusedUntil = Math.max(...leases.map((lease) => (lease.left === 0 ? lease.refusedUntil : 0)))
      const empty = leases.some(({ left }) => left === 0)
      if (empty && refusedUntil <= now) {
        await share(key, subject, windows)
        continue
      }
      if (!empty) for (const lease of leases) lease.left -= 1
      return { standings: standingsOf(windows, leases), refusedUntil: empty ? refusedUntil : null }
    }
  }
}

const standingsOf = (windows: readonly Window[], leases: readonly Lease[]): Standing[] =>
  windows.flatMap((window, index) => {
    const lease = leases[index]
    if (!lease) return []
    return [{ window, remaining: lease.left + Math.max(0, window.limit - lease.total), endsAt: lease.endsAt }]
  })

function leaseOf({ leases }: Subject, { name, sizeMs }: Window, now: number): Lease {
  const known = leases.get(name)
  if (known && now < known.endsAt && now >= known.endsAt - sizeMs) return known
  const endsAt = (Math.floor(now / sizeMs) + 1) * sizeMs
  const fresh = { endsAt, left: 0, total: 0, debt: 0, refusedUntil: 0 }
  leases.set(name, fresh)
  return fresh
}

/** A twentieth of a minute, a hundredth of what is longer; at the end a sixteenth of what is left; never less than who waits. */
function blockOf({ sizeMs, limit }: Window, { total }: Lease, waiting: number): number {
  const usual = Math.floor(limit / (sizeMs > 60_000 ? 100 : 20))
  const fair = Math.min(usual, Math.floor((limit - total) / 16))
  return Math.max(1, fair, Math.min(waiting, usual))
}

type Wanted = { window: Window; lease: Lease; block: number }

function grant({ window, lease, block }: Wanted, total: number): void {
  lease.left = Math.min(block, Math.max(0, window.limit - (total - block)))
  lease.total = total
  lease.debt = 0
  if (lease.left === 0) lease.refusedUntil = lease.endsAt
}

function grantLocally(
  { window, lease, block }: Wanted,
  { localPart, until }: { localPart: number; until: number },
): void {
  lease.left = Math.min(block, Math.max(0, Math.ceil(window.limit / localPart) - lease.debt))
  lease.debt += lease.left
  lease.total = Math.max(lease.total, window.limit) // nobody knows what the others admit: no more is promised than is here
  if (lease.left === 0) lease.refusedUntil = Math.min(until, lease.endsAt)
}
