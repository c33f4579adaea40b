import type { Model } from './model.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** 2^(−Δt / half-life): a touch a half-life before another weighs half as much. Days of 24 hours, whatever the zone. */
export const timeDecay: Model = {
  name: 'time_decay',
  weigh: (steps, { halfLifeDays }) => {
    const latest = Math.max(...steps.map((step) => step.at_ms)) // the ratio is the same as before the order's instant
    return steps.map((step) => 2 ** ((step.at_ms - latest) / (halfLifeDays * DAY_MS)))
  },
}
