/** The leaky bucket of one shop: it fills by `restoreRate` points a second up to `maximumAvailable`. */
export type Bucket = {
  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }
  /** False when fewer points are left than a query asks for. */
  has(points: number): boolean
  take(points: number): void
}

export function leakyBucket(plan: { maximumAvailable: number; restoreRate: number }, now: () => Date): Bucket {
  let available = plan.maximumAvailable
  let filledAt = now().getTime()
  const fill = (): void => {
    const at = now().getTime()
    // A clock that was set back restores nothing, and never takes away.
    const restored = (Math.max(0, at - filledAt) / 1000) * plan.restoreRate
    available = Math.min(plan.maximumAvailable, available + restored)
    filledAt = at
  }
  return {
    status: () => {
      fill()
      return { ...plan, currentlyAvailable: Math.floor(available) }
    },
    has: (points) => {
      fill()
      return available >= points
    },
    take: (points) => {
      available -= points
    },
  }
}
