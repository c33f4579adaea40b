import { setTimeout as delay } from 'node:timers/promises'

/** The monotonic clock and the waiting of untilNextStep(); tests replace them. */
export const evenTime = {
  nowMs: (): number => performance.now(),
  wait: (ms: number): Promise<void> => delay(ms),
}

/** Waits until a multiple of `stepMs` after the start, so that what was done meanwhile does not show in the time. */
export const untilNextStep = (startedAtMs: number, stepMs: number): Promise<void> =>
  evenTime.wait(stepMs - ((evenTime.nowMs() - startedAtMs) % stepMs))
