import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { AD_PLATFORMS } from '../../../shared/metrics/provisional.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToBrand } from '../topic.ts'
import { makeDue } from './changed.ts'

const SHOP = ['shopify']

/** Which platforms have the rows of that kind; of any other kind, all of them may. */
const PLATFORMS_OF: Readonly<Record<string, readonly string[]>> = {
  orders: SHOP,
  products: SHOP,
  inventory: SHOP,
  customers: SHOP,
  shopify: SHOP,
  ads: AD_PLATFORMS,
  ad_spend: AD_PLATFORMS,
  campaigns: AD_PLATFORMS,
  meta: ['meta'],
  tiktok: ['tiktok'],
  'google-ads': ['google-ads'],
}

/** Data arrived at the providers by way of n8n, so ours is behind: the connections that can have it are due now. */
export const dataArrived: ApplyToBrand = async (db, { subject, brand_id, triggered_at, occurredAt, delivery_id }) => {
  const { sync_type = '', records_count = 0 } = subject
  const integrationIds =
    records_count > 0 ? await connectionsWith(db, { brand_id, platforms: PLATFORMS_OF[sync_type.toLowerCase()] }) : []
  await makeDue(db, { integrationIds, at: occurredAt })
  const details = { sync_type, records_count, timestamp: triggered_at, connections: integrationIds.length }
  const data = { action: 'n8n.data_sync', subject_id: brand_id, details }
  await record(db, 'admin.action', { data, brandId: brand_id, key: `n8n:${delivery_id}` })
  return undefined
}

/** Nothing follows but the note, which people find in the audit log. */
export const workflowEnded: ApplyToBrand = async (db, { topic, subject, brand_id, triggered_at, delivery_id }) => {
  const { workflow = '', execution_id = null } = subject
  const failed = topic === 'workflow-failed'
  const details = { workflow, execution_id, timestamp: triggered_at }
  const data = { action: `n8n.${topic.replace('-', '_')}`, subject_id: brand_id, details }
  const status = failed ? 'failure' : 'success'
  await record(db, 'admin.action', { data, brandId: brand_id, key: `n8n:${delivery_id}`, status })
  return undefined
}

async function connectionsWith(
  db: Db,
  { brand_id, platforms = null }: { brand_id: string; platforms?: readonly string[] | null | undefined },
): Promise<string[]> {
  const rows = await db.query<{ integration_id: string }>(sql`
    select integration_id from integrations
    where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and (${platforms}::text[] is null or platform = any(${platforms}::text[]))
    order by integration_id`)
  return rows.map(({ integration_id }) => integration_id)
}
