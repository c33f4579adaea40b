import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { type OutboxRow, outOfOutbox, send } from '../../shared/events/publish.ts'
import { isStopping, sliceDeadline } from '../../shared/serve.ts'

const AT_ONCE = 500
/** Younger messages belong to a worker that is about to publish them itself. */
const LEFT_ALONE_SECONDS = 30

/** Publishes what a crash or an outage of Pub/Sub left in the outbox. Two relays at once share the work. */
export async function relay(): Promise<{ published: number }> {
  const deadline = sliceDeadline()
  let published = 0
  for (let sent = AT_ONCE; sent === AT_ONCE && Date.now() < deadline && !isStopping(); published += sent) {
    sent = await relaySome()
  }
  return { published }
}

const relaySome = (): Promise<number> =>
  transaction(async (db) => {
    const rows = await db.query<OutboxRow>(sql`
      select tenant_id, event_id, topic, attributes, data, publish_after from outbox
      where created_at < clock_timestamp() - make_interval(secs => ${LEFT_ALONE_SECONDS})
      order by created_at limit ${AT_ONCE} for update skip locked`)
    if (rows.length > 0) {
      await send(rows)
      await db.query(outOfOutbox(rows))
    }
    return rows.length
  })
