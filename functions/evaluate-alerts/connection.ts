import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { FactType } from '../../shared/events/catalog.ts'
import { actor } from '../../shared/tenant.ts'

export type Connection = {
  brand_id: string
  platform: string
  account_name: string
  status: string
  last_synced_at: Date | null
}

/** The connection as it is now; null when it was deleted. */
export const connectionOf = (db: Db, integrationId: string): Promise<Connection | null> =>
  db.one<Connection>(sql`
    select brand_id, platform, account_name, status, last_synced_at from integrations
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId}`)

const PLATFORM_NAMES: Readonly<Record<string, string>> = {
  shopify: 'Shopify',
  meta: 'Meta Ads',
  tiktok: 'TikTok Ads',
  'google-ads': 'Google Ads',
}

/** For people: Shopify "Acme". */
export const nameOf = ({ platform, account_name }: Connection): string =>
  `${PLATFORM_NAMES[platform] ?? platform} "${account_name}"`

type ConnectionEvent = { occurredAt: string; data: { integration_id: string } }

/** Whether one of these facts of the connection (not of a backfill) was recorded after the event, so that the event is old news. */
export const isFollowedBy = (db: Db, event: ConnectionEvent, ...types: FactType[]): Promise<boolean> =>
  someFact(db, event, { types, orAtOnce: false })

/** As isFollowedBy, and in the same millisecond too: between a failure and a success of one instant, the success counts. */
export const isMetBy = (db: Db, event: ConnectionEvent, ...types: FactType[]): Promise<boolean> =>
  someFact(db, event, { types, orAtOnce: true })

async function someFact(
  db: Db,
  event: ConnectionEvent,
  wanted: { types: FactType[]; orAtOnce: boolean },
): Promise<boolean> {
  const { types, orAtOnce } = wanted
  const found = await db.one(sql`
    select event_id from observability_events
    where tenant_id = ${actor().tenantId} and class = 'fact' and event_type = any(${types}::text[])
      and "timestamp" >= ${event.occurredAt}::timestamptz and ("timestamp" > ${event.occurredAt}::timestamptz or ${orAtOnce})
      and metadata ->> 'integration_id' = ${event.data.integration_id} and metadata ->> 'kind' is distinct from 'backfill'
    limit 1`)
  return found !== null
}

/** How the connection's last runs ended that are not older than a day each, newest first: whether each failed. A run that was tried again counts once, by its latest end. */
export async function lastRuns(db: Db, event: ConnectionEvent, count: number): Promise<boolean[]> {
  const rows = await db.query<{ failed: boolean }>(sql`
    select failed from (
      select distinct on (metadata ->> 'run_id') event_type = 'data.sync_failed' as failed, "timestamp" as at
      from observability_events
      where tenant_id = ${actor().tenantId} and class = 'fact' and event_type in ('data.sync_failed', 'data.sync_completed')
        and "timestamp" >= ${event.occurredAt}::timestamptz - make_interval(days => ${count}::int)
        and metadata ->> 'integration_id' = ${event.data.integration_id} and metadata ->> 'kind' is distinct from 'backfill'
      order by metadata ->> 'run_id', "timestamp" desc, event_type
    ) as run order by at desc, failed limit ${count}`)
  return rows.map(({ failed }) => failed)
}
