import { LRUCache } from 'lru-cache'
import { atMost } from '../at-most.ts'

/** Authority is never older than this in an instance. */
export const AUTHORITY_CACHE_MS = 15_000
const KEPT = 10_000

/** What stands behind a session or a key, as it was at most 15 s ago. Entries are found by keys that carry the tenant. */
export function authorityCache<T extends object>() {
  // Promises, so that a burst of one caller's requests asks the database once.
  const kept = new LRUCache<string, Promise<T | null>>({
    ...atMost(KEPT),
    ttl: AUTHORITY_CACHE_MS,
    ttlResolution: 0,
    // Monotonic: the product's clock may be moved, but not the age of an authority.
    perf: { now: () => performance.now() },
  })
  return {
    read(key: string, ask: () => Promise<T | null>): Promise<T | null> {
      const known = kept.get(key)
      if (known) return known
      const asking = ask()
      kept.set(key, asking)
      asking.catch(() => kept.delete(key))
      return asking
    },
    /** To be called once the change is committed; whoever asks after it sees what is true now. */
    forget(isMeant: (key: string) => boolean): void {
      for (const key of kept.keys()) if (isMeant(key)) kept.delete(key)
    },
  }
}
