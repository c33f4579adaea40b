import type { RuleSettings } from '../../../shared/alerts/settings.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { isOpen } from '../alerts.ts'
import { connectionOf, isFollowedBy, isMetBy, lastRuns, nameOf } from '../connection.ts'
import { isOver, persists } from '../persistence.ts'
import type { Rule, Verdict } from '../rule.ts'
import { needsReauthCause } from './needs-reauth.ts'

const causeOf = (integrationId: string): string => `sync_failed:${integrationId}`

/**
 * Sync runs of a connection failed for good, and none has completed since. A backfill tells nothing of that: who asked for
 * it sees its end in its run.
 */
export const syncFailed: Rule = {
  rule: 'sync_failed',
  on: {
    'data.sync_failed': raiseUnlessOld,
    'data.sync_completed': async (db, event, { persistence }) => {
      if (event.data.kind === 'backfill' || (await isFollowedBy(db, event, 'data.sync_failed'))) return []
      const over = isOver(await lastRuns(db, event, persistence.of_last), persistence)
      return over ? [{ clear: causeOf(event.data.integration_id) }] : []
    },
    // From here on the other rule's alert names the cause.
    'integration.needs_reauth': async (db, { data }) => {
      const connection = await connectionOf(db, data.integration_id)
      return connection?.status === 'needs_reauth' ? [{ clear: causeOf(data.integration_id) }] : []
    },
  },
}

const EXPLAINED_OTHERWISE = ['needs_reauth', 'disconnected']

async function raiseUnlessOld(
  db: Db,
  event: ReceivedEvent<'data.sync_failed'>,
  { persistence }: RuleSettings,
): Promise<readonly Verdict[]> {
  const { integration_id, run_id, kind, code, message } = event.data
  if (kind === 'backfill') return []
  const connection = await connectionOf(db, integration_id)
  if (!connection || EXPLAINED_OTHERWISE.includes(connection.status)) return []
  if (await isOpen(db, needsReauthCause(integration_id))) return []
  if (await isMetBy(db, event, 'data.sync_completed')) return []
  if (!persists(await lastRuns(db, event, persistence.of_last), persistence)) return []
  const { brand_id, last_synced_at } = connection
  const upTo =
    last_synced_at === null
      ? 'No sync of it has completed yet'
      : `Its data is complete up to ${last_synced_at.toISOString()}`
  return [
    {
      raise: causeOf(integration_id),
      brandId: brand_id,
      title: `Sync of ${nameOf(connection)} failed`,
      message:
        `The sync stopped with ${code}: ${message} ${upTo}; newer figures are missing until a sync succeeds. ` +
        'It is tried again every hour by itself. If it keeps failing, test the connection under Integrations.',
      details: { integration_id, run_id, code },
    },
  ]
}
