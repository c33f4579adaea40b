/**
 * For an LRUCache of `count` entries. By its own `max` it would make room for all of them at once: 2 ms of every start for each
 * ten thousand.
 */
export const atMost = (count: number) => ({ maxSize: count, sizeCalculation: () => 1 })
