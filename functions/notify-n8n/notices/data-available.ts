import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import type { Notice } from '../notice.ts'

/** A sync wrote rows; one that found nothing new starts nothing. null when the connection was deleted. */
export async function dataAvailable({
  tenantId,
  data,
  occurredAt,
}: ReceivedEvent<'data.sync_completed'>): Promise<Notice | null> {
  if (data.rows_written === 0) return null
  const connection = await transaction((db) =>
    db.one<{ brand_id: string }>(sql`
      select brand_id from integrations where tenant_id = ${tenantId} and integration_id = ${data.integration_id}`),
  )
  if (!connection) return null
  const { integration_id, platform, run_id, rows_written: records_count } = data
  const { brand_id } = connection
  return {
    path: 'data-available',
    id: run_id,
    body: { tenant_id: tenantId, brand_id, platform, integration_id, run_id, records_count, timestamp: occurredAt },
  }
}
