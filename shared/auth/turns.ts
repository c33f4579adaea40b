import { AppError } from '../errors.ts'

/**
 * Runs work at most `atOnce` at a time, the rest in the order of arrival. With `maxWaiting` waiting, throws UNAVAILABLE
 * at once: an answer that would come too late only keeps others from theirs.
 */
export function turns({ atOnce, maxWaiting }: { atOnce: number; maxWaiting: number }) {
  let running = 0
  const waiting: (() => void)[] = []

  async function take(): Promise<void> {
    if (running < atOnce) {
      running += 1
      return
    }
    if (waiting.length >= maxWaiting)
      throw new AppError('UNAVAILABLE', 'Too much of this at the moment; try again shortly.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    await take()
    try {
      return await work()
    } finally {
      // The turn is handed over, not given back, so that nobody slips in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
