import { Agent } from 'node:http'
import type { Backlog, Delivery, StoredMessage } from './pubsub-backlog.ts'
import { deadLetterAttributes, headersOf, push } from './pubsub-push-request.ts'
import type { NewMessage, SubscriptionConfig } from './pubsub-wire.ts'
import type { Store } from './store.ts'

/** Owes messages of one subscription to whoever takes them. */
export interface Outlet {
  add(delivery: Delivery): void
  /** Unacknowledged messages: waiting, in flight, backing off. */
  size(): number
  /** Starts delivering; until then messages only gather. */
  open(): void
  /** Resolves when nothing is in flight; what was is owed still. */
  close(): Promise<void>
}

export interface PushOptions {
  name: string
  /** Read at every delivery, so that an updated subscription takes effect at once. */
  config(): SubscriptionConfig
  store: Store
  backlog: Backlog
  maxOutstanding: number
  /** Publishes to a dead-letter topic inside the current transaction; undefined when that topic does not exist. */
  deadLetter(topic: string, message: NewMessage): (() => void) | undefined
  onChange(): void
}

/** Pushes messages unwrapped with metadata, as `pushConfig.noWrapper.writeMetadata` does, until they are acknowledged. */
export function pushOutlet({
  name,
  config,
  store,
  backlog,
  maxOutstanding,
  deadLetter,
  onChange,
}: PushOptions): Outlet {
  const agent = new Agent({ keepAlive: true })
  const timers = new Set<NodeJS.Timeout>()
  const inFlight = new Set<Promise<void>>()
  const closing = new AbortController()
  let ready: Delivery[] = []
  let next = 0
  let size = 0
  let opened = false

  function pump() {
    while (opened && inFlight.size < maxOutstanding) {
      const delivery = ready[next]
      if (!delivery) break
      next += 1
      const attempted = attempt(delivery).finally(() => {
        inFlight.delete(attempted)
        pump()
        onChange()
      })
      inFlight.add(attempted)
    }
    if (next > 1_000 && next * 2 > ready.length) {
      ready = ready.slice(next)
      next = 0
    }
  }

  async function attempt(delivery: Delivery) {
    const message = backlog.message(delivery.messageId)
    const { pushEndpoint: url, ackDeadlineMs } = config()
    const failure = await push({
      url,
      timeoutMs: ackDeadlineMs,
      agent,
      headers: headersOf(name, message),
      message,
      closing,
    })
    if (closing.signal.aborted) return
    if (failure === undefined) {
      await store.commit(() => backlog.acknowledge(name, delivery.messageId))
      size -= 1
    } else await failed(delivery, message, failure)
  }

  async function failed({ messageId, attempts }: Delivery, message: StoredMessage, failure: string) {
    const { deadLetter: dead } = config()
    const tried = attempts + 1
    if (dead && tried >= dead.maxAttempts && (await bury(message, tried, failure))) return
    const again = { messageId, attempts: tried, notBeforeMs: Date.now() + backoffMs(config(), tried) }
    await store.commit(() => backlog.delay(name, again))
    schedule(again)
  }

  async function bury(message: StoredMessage, attempts: number, failure: string): Promise<boolean> {
    const topic = config().deadLetter?.topic ?? ''
    const deliver = await store.commit(() => {
      const copy = {
        data: Buffer.from(message.data),
        attributes: deadLetterAttributes(name, message, { attempts, failure }),
      }
      const added = deadLetter(topic, copy)
      if (added) backlog.acknowledge(name, message.id)
      return added
    })
    if (deliver) size -= 1
    deliver?.()
    return deliver !== undefined
  }

  function schedule(delivery: Delivery) {
    const waitMs = delivery.notBeforeMs - Date.now()
    if (waitMs <= 0) {
      ready.push(delivery)
      return pump()
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      ready.push(delivery)
      pump()
    }, waitMs)
    timers.add(timer)
  }

  return {
    add: (delivery) => {
      size += 1
      schedule(delivery)
    },
    size: () => size,
    open: () => {
      opened = true
      pump()
    },
    close: async () => {
      opened = false
      closing.abort()
      for (const timer of timers) clearTimeout(timer)
      await Promise.allSettled(inFlight)
      agent.destroy()
    },
  }
}

function backoffMs({ minimumBackoffMs, maximumBackoffMs }: SubscriptionConfig, attempts: number): number {
  return Math.min(maximumBackoffMs, minimumBackoffMs * 2 ** (attempts - 1))
}
