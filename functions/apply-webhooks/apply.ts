import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { record } from '../../shared/events/record.ts'
import { log } from '../../shared/log.ts'
import { isStopping, sliceDeadline } from '../../shared/serve.ts'
import { actor } from '../../shared/tenant.ts'
import type { Connection, Webhook } from './topic.ts'
import { BRAND_TOPICS, SHOP_TOPICS } from './topics.ts'

/**
 * Does what a webhook asks for, part by part, each in one transaction. What is left when the slice ends is a continuation.
 * An unknown connection, brand or topic is nothing to do. Throws DB_UNAVAILABLE, for redelivery.
 */
export async function applyWebhook(event: ReceivedEvent<'webhook.received'>): Promise<void> {
  const deadline = sliceDeadline()
  const webhook = { ...event.data, occurredAt: event.occurredAt }
  const { source, topic } = webhook
  while ((await transaction((db) => applyPart(db, webhook))) === 'more') {
    if (Date.now() >= deadline || isStopping()) return continueNow(event)
  }
  log('INFO', 'A webhook was applied.', { source, topic, delivery_id: webhook.delivery_id })
}

async function applyPart(db: Db, webhook: Webhook): Promise<'more' | undefined> {
  const { source, topic, integration_id, brand_id } = webhook
  if (source === 'n8n') {
    const brand = await holdBrand(db, brand_id)
    return brand ? BRAND_TOPICS[topic]?.(db, webhook) : undefined
  }
  const connection = integration_id === null ? null : await holdConnection(db, integration_id)
  return connection ? SHOP_TOPICS[topic]?.(db, connection, webhook) : undefined
}

const holdConnection = (db: Db, integrationId: string): Promise<Connection | null> =>
  db.one(sql`
    select integration_id, brand_id, account_id, status from integrations
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId} for update`)

const holdBrand = (db: Db, brandId: string): Promise<{ brand_id: string } | null> =>
  db.one(sql`
    select brand_id from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId} for no key update`)

async function continueNow({ id, data }: ReceivedEvent<'webhook.received'>): Promise<void> {
  await transaction((db) => record(db, 'webhook.received', { data, key: `${id}:continued` }))
}
