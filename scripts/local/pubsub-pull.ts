import { ApiError } from './api-error.ts'
import type { Backlog, Delivery, StoredMessage } from './pubsub-backlog.ts'
import type { Outlet } from './pubsub-push.ts'
import type { SubscriptionConfig } from './pubsub-wire.ts'
import type { Store } from './store.ts'

export interface PullOutlet extends Outlet {
  pull(maxMessages: number): { ackId: string; message: StoredMessage }[]
  acknowledge(ackIds: readonly string[]): Promise<void>
  /** Moves the moment at which unacknowledged messages can be pulled again; 0 is at once. */
  extend(ackIds: readonly string[], deadlineMs: number): void
}

export interface PullOptions {
  name: string
  config(): SubscriptionConfig
  store: Store
  backlog: Backlog
  onChange(): void
}

/** Holds messages until they are pulled and acknowledged; what is not acknowledged within the deadline comes back. */
export function pullOutlet({ name, config, store, backlog, onChange }: PullOptions): PullOutlet {
  const available = new Map<number, Delivery>()
  const leased = new Map<number, { delivery: Delivery; timer: NodeJS.Timeout }>()

  function lease(delivery: Delivery, deadlineMs: number) {
    const timer = setTimeout(() => giveBack(delivery), deadlineMs)
    timer.unref()
    leased.set(delivery.messageId, { delivery, timer })
  }

  function giveBack(delivery: Delivery) {
    leased.delete(delivery.messageId)
    available.set(delivery.messageId, delivery)
  }

  function endLease(ackId: string): Delivery | undefined {
    const held = leased.get(Number(ackId))
    clearTimeout(held?.timer)
    leased.delete(Number(ackId))
    return held?.delivery
  }

  return {
    add: (delivery) => void available.set(delivery.messageId, delivery),
    size: () => available.size + leased.size,
    open: () => {},
    close: async () => {
      for (const { timer } of leased.values()) clearTimeout(timer)
    },
    pull: (maxMessages) => {
      const taken = [...available.values()].slice(0, maxMessages)
      return taken.map((delivery) => {
        available.delete(delivery.messageId)
        lease(delivery, config().ackDeadlineMs)
        return { ackId: String(delivery.messageId), message: backlog.message(delivery.messageId) }
      })
    },
    acknowledge: async (ackIds) => {
      const ids = ackIds.map(Number)
      if (!ids.every(Number.isInteger)) throw new ApiError('INVALID_ARGUMENT', 'You have passed an invalid ack ID.')
      for (const ackId of ackIds) endLease(ackId)
      for (const id of ids) available.delete(id)
      await store.commit(() => ids.forEach((id) => void backlog.acknowledge(name, id)))
      onChange()
    },
    extend: (ackIds, deadlineMs) => {
      for (const ackId of ackIds) {
        const delivery = endLease(ackId)
        // At once, not in a timer: the next pull may already be here.
        if (delivery && deadlineMs === 0) giveBack(delivery)
        else if (delivery) lease(delivery, deadlineMs)
      }
    },
  }
}
