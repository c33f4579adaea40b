import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** `live_mb` is the heap right after a full collection: what is needed, without what is merely not yet collected. */
export type MemoryPeak = { rss_mb: number; heap_mb: number; live_mb: number }

const SAMPLE_MS = 20
const MB = 1_000_000

/** How far memory rises above what is in use now (the preloaded pages), sampled until stopped. */
export function watchMemory(): { stop(): MemoryPeak } {
  collectGarbage()
  const base = process.memoryUsage()
  const peak = { rss: base.rss, heap: base.heapUsed, live: base.heapUsed }
  const sample = (): void => {
    const { rss, heapUsed } = process.memoryUsage()
    peak.rss = Math.max(peak.rss, rss)
    peak.heap = Math.max(peak.heap, heapUsed)
  }
  const timer = setInterval(sample, SAMPLE_MS)
  const collections = new PerformanceObserver((list) => {
    const full = list.getEntries().some((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MAJOR)
    if (full) peak.live = Math.max(peak.live, process.memoryUsage().heapUsed)
  })
  collections.observe({ entryTypes: ['gc'] })
  return {
    stop: () => {
      clearInterval(timer)
      collections.disconnect()
      sample()
      collectGarbage()
      peak.live = Math.max(peak.live, process.memoryUsage().heapUsed)
      return {
        rss_mb: (peak.rss - base.rss) / MB,
        heap_mb: (peak.heap - base.heapUsed) / MB,
        live_mb: (peak.live - base.heapUsed) / MB,
      }
    },
  }
}

/** The entry's types leave out the detail that entries of this kind have. */
const kindOf = (entry: object): unknown =>
  'detail' in entry && typeof entry.detail === 'object' && entry.detail !== null && 'kind' in entry.detail
    ? entry.detail.kind
    : null

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
