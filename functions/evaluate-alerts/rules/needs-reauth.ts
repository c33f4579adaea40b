import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { connectionOf, isFollowedBy, isMetBy, nameOf } from '../connection.ts'
import type { Rule, Verdict } from '../rule.ts'

export const needsReauthCause = (integrationId: string): string => `needs_reauth:${integrationId}`

/** A provider refuses a connection's credentials: nothing is synced until a person authorises it again. */
export const needsReauth: Rule = {
  rule: 'needs_reauth',
  on: {
    'integration.needs_reauth': raiseUnlessOld,
    'integration.connected': clearUnlessOld,
    'data.sync_completed': clearUnlessOld,
  },
}

async function raiseUnlessOld(db: Db, event: ReceivedEvent<'integration.needs_reauth'>): Promise<readonly Verdict[]> {
  const { integration_id, message } = event.data
  const connection = await connectionOf(db, integration_id)
  if (!connection || connection.status === 'disconnected') return []
  if (await isMetBy(db, event, 'integration.connected', 'data.sync_completed')) return []
  return [
    {
      raise: needsReauthCause(integration_id),
      brandId: connection.brand_id,
      title: `${nameOf(connection)} must be authorised again`,
      message:
        `The provider no longer accepts the stored authorisation: ${message} Nothing is synced from this account until then, ` +
        'so its figures stop where they are. Reconnect the account under Integrations.',
      details: { integration_id },
    },
  ]
}

type Cleared = ReceivedEvent<'integration.connected'> | ReceivedEvent<'data.sync_completed'>

async function clearUnlessOld(db: Db, event: Cleared): Promise<readonly Verdict[]> {
  if (await isFollowedBy(db, event, 'integration.needs_reauth')) return []
  return [{ clear: needsReauthCause(event.data.integration_id) }]
}
