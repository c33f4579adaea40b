import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type MemoryPeak = { rss_mb: number; heap_mb: number }

const SAMPLE_MS = 20
const MB = 1_000_000

/** How far memory rises above what is in use now (the preloaded pages), sampled until stopped. */
export function watchMemory(): { stop(): MemoryPeak } {
  collectGarbage()
  const base = process.memoryUsage()
  const peak = { rss: base.rss, heap: base.heapUsed }
  const sample = (): void => {
    const { rss, heapUsed } = process.memoryUsage()
    peak.rss = Math.max(peak.rss, rss)
    peak.heap = Math.max(peak.heap, heapUsed)
  }
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    stop: () => {
      clearInterval(timer)
      sample()
      return { rss_mb: (peak.rss - base.rss) / MB, heap_mb: (peak.heap - base.heapUsed) / MB }
    },
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
