import type { Model } from './model.ts'

/** 40 % each to the first and the last touch, 20 % shared by those between; 50/50 of two, all to a single one. */
export const position: Model = {
  name: 'position',
  weigh: (steps) => {
    const between = steps.length - 2
    if (between <= 0) return steps.map(() => 1)
    const ends = 2 * between // whole numbers, so that the split is exact
    return steps.map((_, place) => (place === 0 || place === steps.length - 1 ? ends : 1))
  },
}
