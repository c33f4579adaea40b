import { v5 as uuidv5 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import type { Notice } from '../notice.ts'

type Row = { recommendation_id: string; kind: string; title: string; brand_id: string; created_at: Date }

/** Kinds that lose money with every hour. */
const URGENT = ['stock_conflict', 'tracking_gap']

/** All that was recommended to the brand at the same time, in one call: each of its facts names the same one. */
export async function recommendationsReady({
  tenantId,
  data,
}: ReceivedEvent<'recommendation.generated'>): Promise<Notice | null> {
  const rows = await transaction((db) =>
    db.query<Row>(sql`
      select r.recommendation_id, r.kind, r.title, r.brand_id, r.created_at
      from recommendations r
        join recommendations told on told.tenant_id = r.tenant_id and told.brand_id = r.brand_id and told.created_at = r.created_at
      where told.tenant_id = ${tenantId} and told.recommendation_id = ${data.recommendation_id}
      order by r.recommendation_id`),
  )
  const [first] = rows
  if (!first) return null
  const recommendations = rows.map(({ created_at: _, ...recommendation }) => recommendation)
  const urgent = rows.some(({ kind }) => URGENT.includes(kind))
  return {
    path: 'recommendations-ready',
    id: uuidv5(first.created_at.toISOString(), first.brand_id),
    body: { tenant_id: tenantId, brand_id: first.brand_id, recommendations, urgent },
  }
}
