/** Called right before and right after everything that leaves the process: SQL, HTTP, publish, ack. */
export type EffectWatcher = (when: 'before' | 'after', what: string) => void

let watcher: EffectWatcher | null = null

/** For crash tests, which end the process at the n-th call; nothing watches in production. */
export const watchEffects = (next: EffectWatcher | null): void => {
  watcher = next
}

/** Runs an outside effect between its two points. */
export async function effect<T>(what: string, work: () => Promise<T>): Promise<T> {
  watcher?.('before', what)
  const result = await work()
  watcher?.('after', what)
  return result
}
