import type { Model } from './model.ts'

/** All to the last touch that is not direct; when all are direct, to the last of them. */
export const last: Model = {
  name: 'last',
  weigh: (steps) => {
    const winner = steps.findLastIndex((step) => !step.is_direct)
    const index = winner === -1 ? steps.length - 1 : winner
    return steps.map((_, position) => (position === index ? 1 : 0))
  },
}
