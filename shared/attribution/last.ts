import type { Model } from './model.ts'

/** All to the last touch that is not direct; when all are direct, to the last of them. */
export const last: Model = {
  name: 'last',
  weigh: (touches) => {
    const winner = touches.findLastIndex((touch) => touch.bucket !== 'direct')
    const index = winner === -1 ? touches.length - 1 : winner
    return touches.map((_, position) => (position === index ? 1 : 0))
  },
}
