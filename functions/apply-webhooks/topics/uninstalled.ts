import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToConnection, Connection, Webhook } from '../topic.ts'

/** The token is dead: it is destroyed here, too, and a sync that runs at this moment is refused its next write. */
export const uninstall: ApplyToConnection = async (db, connection, webhook) => {
  const { integration_id, brand_id, status } = connection
  if (status === 'disconnected' || (await connectedSince(db, connection, webhook))) return undefined
  await db.query(sql`
    update integrations set status = 'disconnected', access_token_encrypted = null, refresh_token_encrypted = null,
      token_expires_at = null, lease_fence = lease_fence + 1, lease_until = null
    where tenant_id = ${actor().tenantId} and integration_id = ${integration_id}`)
  const data = { integration_id, platform: 'shopify', reason: 'The app was uninstalled from the shop.' }
  await record(db, 'integration.disconnected', { data, brandId: brand_id, key: webhook.delivery_id })
  return undefined
}

/** Installed again before the news of the uninstalling came: that news is of the installation before. */
async function connectedSince(
  db: Db,
  { integration_id }: Connection,
  { triggered_at, occurredAt }: Webhook,
): Promise<boolean> {
  const again = await db.one(sql`
    select event_id from observability_events
    where tenant_id = ${actor().tenantId} and class = 'fact' and event_type = 'integration.connected'
      and "timestamp" > ${triggered_at ?? occurredAt}::timestamptz and metadata->>'integration_id' = ${integration_id}
    limit 1`)
  return again !== null
}
