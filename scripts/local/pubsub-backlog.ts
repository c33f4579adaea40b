import * as z from 'zod'
import type { NewMessage } from './pubsub-wire.ts'
import type { Store } from './store.ts'

const Attributes = z.record(z.string(), z.string())
const MessageRow = z.object({
  id: z.number(),
  data: z.instanceof(Uint8Array),
  attributes: z.string().transform((text) => Attributes.parse(JSON.parse(text))),
  published_at: z.string(),
})
const DeliveryRow = z.object({ message_id: z.number(), attempts: z.number(), not_before_ms: z.number() })

export type StoredMessage = z.output<typeof MessageRow>
/** One message still owed to one subscription; `notBeforeMs` is wall-clock. */
export interface Delivery {
  messageId: number
  attempts: number
  notBeforeMs: number
}

export type Backlog = ReturnType<typeof openBacklog>

/** The SQL of Pub/Sub. Everything here but `message` and `owed` must run inside `store.commit`. */
export function openBacklog({ db }: Store) {
  const insertMessage = db.prepare('insert into messages (data, attributes, published_at, pending) values (?, ?, ?, ?)')
  const insertDelivery = db.prepare('insert into deliveries values (?, ?, 0, 0)')
  const deleteDelivery = db.prepare('delete from deliveries where subscription = ? and message_id = ?')
  const release = db.prepare('update messages set pending = pending - 1 where id = ?')
  const deleteMessage = db.prepare('delete from messages where id = ? and pending = 0')
  const updateDelivery = db.prepare(
    'update deliveries set attempts = ?, not_before_ms = ? where subscription = ? and message_id = ?',
  )
  const selectMessage = db.prepare('select id, data, attributes, published_at from messages where id = ?')
  const selectOwed = db.prepare(
    'select message_id, attempts, not_before_ms from deliveries where subscription = ? order by message_id',
  )
  const upsertSubscription = db.prepare(
    `insert into subscriptions (name, topic, config) values (?, ?, ?)
     on conflict (name) do update set topic = excluded.topic, config = excluded.config`,
  )
  const insertTopic = db.prepare('insert or ignore into topics values (?)')

  return {
    /** The new message's id; owed to each of `subscriptions`. */
    add(message: NewMessage, subscriptions: readonly string[]): number {
      const now = new Date().toISOString()
      const attributes = JSON.stringify(message.attributes)
      const id = Number(insertMessage.run(message.data, attributes, now, subscriptions.length).lastInsertRowid)
      for (const subscription of subscriptions) insertDelivery.run(subscription, id)
      if (subscriptions.length === 0) deleteMessage.run(id)
      return id
    },
    /** Forgets a delivery, and the message with its last one. */
    acknowledge(subscription: string, messageId: number) {
      if (deleteDelivery.run(subscription, messageId).changes === 0) return
      release.run(messageId)
      deleteMessage.run(messageId)
    },
    delay(subscription: string, { messageId, attempts, notBeforeMs }: Delivery) {
      updateDelivery.run(attempts, notBeforeMs, subscription, messageId)
    },
    message(id: number): StoredMessage {
      return MessageRow.parse(selectMessage.get(id))
    },
    /** Oldest first. */
    owed(subscription: string): Delivery[] {
      return selectOwed.all(subscription).map((row) => {
        const { message_id: messageId, attempts, not_before_ms: notBeforeMs } = DeliveryRow.parse(row)
        return { messageId, attempts, notBeforeMs }
      })
    },
    saveTopic(name: string) {
      insertTopic.run(name)
    },
    saveSubscription(name: string, topic: string, config: string) {
      upsertSubscription.run(name, topic, config)
    },
    topics(): string[] {
      return db
        .prepare('select name from topics')
        .all()
        .map((row) => z.object({ name: z.string() }).parse(row).name)
    },
    subscriptions(): { name: string; config: string }[] {
      const Row = z.object({ name: z.string(), config: z.string() })
      return db
        .prepare('select name, config from subscriptions')
        .all()
        .map((row) => Row.parse(row))
    },
  }
}
