import { setTimeout as wait } from 'node:timers/promises'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import type { EventData } from '../../shared/events/catalog.ts'
import { record } from '../../shared/events/record.ts'
import { actor } from '../../shared/tenant.ts'

type Webhook = EventData<'webhook.received'>
export type Delivery = Pick<Webhook, 'source' | 'topic' | 'delivery_id'>
/** What there is to do for one connection or brand. */
export type Work = Omit<Webhook, keyof Delivery>

/**
 * Notes the delivery for the actor's tenant and hands its work on, in the caller's transaction. False when the tenant had
 * this delivery before: then nothing is done.
 */
export async function receive(db: Db, delivery: Delivery, work: readonly Work[]): Promise<boolean> {
  const { source, topic, delivery_id } = delivery
  const isNew = await db.one(sql`
    insert into webhook_receipts (tenant_id, source, delivery_id, topic, received_at)
    values (${actor().tenantId}, ${source}, ${delivery_id}, ${topic}, ${clock.now()})
    on conflict do nothing returning delivery_id`)
  if (!isNew) return false
  for (const one of work) {
    const key = `${source}:${delivery_id}:${one.integration_id ?? one.brand_id}`
    await record(db, 'webhook.received', { data: { ...delivery, ...one }, key })
  }
  return true
}

/** Shopify gives up after five seconds and calls again; the delivery's id makes that harmless. */
const ANSWER_WITHIN_MS = 4_000

/** Throws UNAVAILABLE when the work is not done in time; it then ends by itself. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = wait(ANSWER_WITHIN_MS, undefined, { signal: timer.signal }).then(() => {
    throw new AppError('UNAVAILABLE', 'This took too long; send the same delivery again.')
  })
  late.catch(() => undefined) // ended below when the work was faster
  work.catch(() => undefined) // nobody listens once the answer is out
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}
