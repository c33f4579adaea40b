import { clock } from '../clock.ts'
import { publish } from '../cloud/pubsub.ts'
import { publishLater } from '../cloud/tasks.ts'
import { type Sql, sql } from '../db/sql.ts'
import { inOneTrip } from '../db/transaction.ts'

export type OutboxRow = {
  tenant_id: string
  event_id: string
  topic: string
  attributes: Readonly<Record<string, string>>
  data: unknown
  /** Cloud Tasks holds the message until then; null: at once. */
  publish_after: Date | null
}

/** Publishes committed outbox rows, then removes them. A crash in between publishes them again: consumers are idempotent. */
export async function publishOutbox(rows: readonly OutboxRow[]): Promise<void> {
  await send(rows)
  await inOneTrip(outOfOutbox(rows))
}

export function outOfOutbox(rows: readonly OutboxRow[]): Sql {
  const keys = rows.map(({ tenant_id, event_id, topic }) => ({ tenant_id, event_id, topic }))
  return sql`
    delete from outbox o using jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k (tenant_id uuid, event_id uuid, topic text)
    where o.tenant_id = k.tenant_id and o.event_id = k.event_id and o.topic = k.topic`
}

/** Hands the rows to Pub/Sub or, when they are to wait, to Cloud Tasks. Throws UNAVAILABLE and leaves them in the outbox. */
export async function send(rows: readonly OutboxRow[]): Promise<void> {
  const now = clock.now()
  const due = Map.groupBy(
    rows.filter((row) => !waits(row, now)),
    (row) => row.topic,
  )
  const later = rows.filter((row) => waits(row, now))
  await Promise.all([
    ...[...due].map(([topic, group]) => publish(topic, group.map(toMessage))),
    ...later.map((row) => publishLater(row.topic, toMessage(row), { id: row.event_id, at: row.publish_after ?? now })),
  ])
}

const waits = (row: OutboxRow, now: Date): boolean => row.publish_after !== null && row.publish_after > now
const toMessage = (row: OutboxRow) => ({ attributes: row.attributes, data: JSON.stringify(row.data) })
