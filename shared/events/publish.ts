import { clock } from '../clock.ts'
import { publish, publishLater } from '../cloud.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
import { actor } from '../tenant.ts'

export type OutboxRow = {
  tenant_id: string
  event_id: string
  topic: string
  attributes: Readonly<Record<string, string>>
  data: unknown
  /** Cloud Tasks holds the message until then; null: at once. */
  publish_after: Date | null
}

/** Publishes committed outbox rows of the actor's tenant, then removes them. A crash in between publishes them again: consumers are idempotent. */
export async function publishOutbox(rows: readonly OutboxRow[]): Promise<void> {
  await send(rows)
  const { tenantId } = actor()
  const ids = rows.map((row) => row.event_id)
  await transaction((db) =>
    db.query(sql`delete from outbox where tenant_id = ${tenantId} and event_id = any(${ids}::uuid[])`),
  )
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
