import { publish } from '../../shared/cloud/pubsub.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { CATALOG, type EventType, parseEventData } from '../../shared/events/catalog.ts'
import { envelope } from '../../shared/events/record.ts'
import { runAs, systemActor } from '../../shared/tenant.ts'
import type { EventsWanted } from './options.ts'

const AT_ONCE = 500

type Fact = { event_id: string; event_type: EventType; timestamp: Date; metadata: unknown; at: string }
type After = { at: string; event_id: string }

/** Publishes the facts that are wanted, page by page; how many, by type. Throws UNAVAILABLE in the middle when Pub/Sub does not take them. */
export async function replayEvents(wanted: EventsWanted): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const tenantId of wanted.tenants) {
    await runAs(systemActor(tenantId, 'replay', 'replay'), async () => {
      for await (const page of pagesOf(tenantId, wanted)) {
        if (!wanted.dryRun) await publishAll(tenantId, page)
        for (const { event_type } of page) counts.set(event_type, (counts.get(event_type) ?? 0) + 1)
      }
    })
  }
  return counts
}

async function* pagesOf(tenantId: string, { types, since, until }: EventsWanted): AsyncGenerator<Fact[]> {
  let after: After | null = null
  for (;;) {
    const page: Fact[] = await transaction((db) =>
      db.query<Fact>(sql`
        select event_id, event_type, "timestamp", metadata, to_char("timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
        from observability_events
        where tenant_id = ${tenantId} and class = 'fact' and event_type = any(${types}::text[])
          and "timestamp" >= ${since} and "timestamp" < ${until}
          ${after === null ? sql`` : sql`and ("timestamp", event_id) > (${after.at}::timestamptz, ${after.event_id}::uuid)`}
        order by "timestamp", event_id limit ${AT_ONCE}`),
    )
    if (page.length > 0) yield page
    after = page.at(-1) ?? null
    if (page.length < AT_ONCE) return
  }
}

async function publishAll(tenantId: string, facts: readonly Fact[]): Promise<void> {
  const sent = facts.flatMap((fact) => CATALOG[fact.event_type].topics.map((topic) => ({ topic, fact })))
  for (const [topic, group] of Map.groupBy(sent, (each) => each.topic))
    await publish(
      topic,
      group.map(({ fact }) => messageOf(tenantId, fact)),
    )
}

function messageOf(tenantId: string, { event_id: id, event_type: type, timestamp: time, metadata }: Fact) {
  const attributes = envelope({ id, type, tenantId, eventClass: 'fact', time })
  return { attributes, data: JSON.stringify(parseEventData(type, metadata)) }
}
