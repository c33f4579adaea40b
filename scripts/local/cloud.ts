import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { ApiError, answerError } from './api-error.ts'
import { bigquery } from './bigquery.ts'
import { firestore } from './firestore.ts'
import { type IdentityPool, securityTokens } from './identities.ts'
import { listen } from './listen.ts'
import { pubsub } from './pubsub.ts'
import { secrets } from './secrets.ts'
import { openStore } from './store.ts'
import { tasks } from './tasks.ts'
import { openWarehouse } from './warehouse.ts'

export interface CloudOptions {
  /** Holds cloud.sqlite and warehouse.duckdb; made when missing. One cloud at a time. */
  stateDir: string
  /** 0 takes a free one. */
  port: number
  /** The product's clock, for scheduled tasks and the age of BigQuery's rows; ms since the epoch. Default: the wall clock. */
  now?: () => number
  /** Pushes in flight per subscription; default 16. */
  maxOutstanding?: number
  /** Messages left by an earlier run wait until their subscription is PUT again, that is until functions have their ports. */
  holdDeliveries?: boolean
  /** Whose tenants may read their dataset in BigQuery. Without one nobody reads a tenant's. */
  identities?: IdentityPool
}

export interface Idle {
  /** Not yet acknowledged by push subscribers: waiting, in flight or backing off. */
  messages: number
  /** Not yet carried out, due or not. */
  tasks: number
  /** Held for pull subscribers; `dead-letters` is the only one of the product. */
  deadLetters: number
}

export interface Cloud {
  url: string
  port: number
  idle(): Idle
  /** Resolves when no message is undelivered or in flight and no task is due before now + `taskHorizonMs` (default 0). */
  whenIdle(taskHorizonMs?: number): Promise<void>
  /** Looks at the clock at once, for when `now` has jumped. */
  tick(): void
  close(): Promise<void>
}

/**
 * One server that speaks the REST calls which the product makes of Pub/Sub, Cloud Tasks, Secret Manager, Firestore, STS and BigQuery.
 * Whatever it has answered survives a restart and a SIGKILL. Throws when the port is taken.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { stateDir, port, now = Date.now, maxOutstanding = 16, holdDeliveries = false, identities } = options
  mkdirSync(stateDir, { recursive: true })
  const store = openStore(join(stateDir, 'cloud.sqlite'))
  const warehouse = await openWarehouse(join(stateDir, 'warehouse.duckdb'))
  const idleWaiters = new Set<() => void>()
  const onChange = () => idleWaiters.forEach((check) => void check())

  const messaging = pubsub({ store, maxOutstanding, holdDeliveries, onChange })
  const delayed = tasks({ store, now, onChange })
  const tokens = securityTokens(identities)
  const app = new Hono()
    .route('/', messaging.routes)
    .route('/', delayed.routes)
    .route('/', secrets(store))
    .route('/', firestore(store))
    .route('/', tokens.routes)
    .route('/', await bigquery(warehouse, { callerOf: tokens.tenantOf, now }))
    .notFound((c) => answerError(new ApiError('NOT_FOUND', `the local cloud has no ${c.req.method} ${c.req.path}`), c))
    .onError(answerError)
  const server = await listen(app.fetch, port)

  function whenIdle(taskHorizonMs = 0): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (messaging.undelivered() > 0 || delayed.dueWithin(taskHorizonMs) > 0) return
        idleWaiters.delete(check)
        resolve()
      }
      idleWaiters.add(check)
      check()
    })
  }

  return {
    url: server.url,
    port: server.port,
    idle: () => ({ messages: messaging.undelivered(), tasks: delayed.count(), deadLetters: messaging.held() }),
    whenIdle,
    tick: () => delayed.plan(),
    close: async () => {
      await server.close()
      await Promise.all([messaging.close(), delayed.close()])
      await Promise.all([store.close(), warehouse.close()])
    },
  }
}
