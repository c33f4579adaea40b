import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import { connectionOf, nameOf } from '../connection.ts'
import { counted } from '../counted.ts'
import type { Rule, Verdict } from '../rule.ts'

const causeOf = (integrationId: string): string => `sync_drift:${integrationId}`

/**
 * What a provider says of whole days differs from what we hold of them, and did not go away when the days were read again.
 * The latest comparison counts, whichever sync's event comes last.
 */
export const syncDrift: Rule = { rule: 'sync_drift', on: { 'data.sync_completed': judge } }

async function judge(db: Db, { data }: ReceivedEvent<'data.sync_completed'>): Promise<readonly Verdict[]> {
  const { integration_id, drift_days } = data
  if (drift_days === undefined) return []
  const connection = await connectionOf(db, integration_id)
  const days = connection ? await lastingDays(db, integration_id) : []
  if (!connection || days.length === 0) return [{ clear: causeOf(integration_id) }]
  return [
    {
      raise: causeOf(integration_id),
      brandId: connection.brand_id,
      title: `${nameOf(connection)} says otherwise on ${counted(days.length, 'day')}`,
      message:
        `The provider's own counts or sums of ${days.join(', ')} differ from the rows that were synced, also after these days ` +
        'were read once more. Their figures may be incomplete, or hold what was deleted there since. Compare them in the sync ' +
        'status; to read more of the past again, ask for a backfill.',
      details: { integration_id, days },
    },
  ]
}

/** Days that drift and were read again before the latest comparison. */
async function lastingDays(db: Db, integrationId: string): Promise<string[]> {
  const rows = await db.query<{ day: string }>(sql`
    select distinct day from reconciliations
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId}
      and abs(ours - theirs) > tolerance and reread_at < checked_at
    order by day`)
  return rows.map(({ day }) => day)
}
