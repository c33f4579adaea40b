import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { log } from '../../shared/log.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

type StoredAlert = Omit<WarehouseRow<'alerts'>, 'raised_at' | 'resolved_at' | 'version'> & {
  raised_at: Date
  resolved_at: Date | null
}

/** An alert only goes forward through these, so its status is its version. */
const VERSIONS: Readonly<Record<string, bigint>> = { open: 1n, acknowledged: 2n, resolved: 3n }

/** Appends the alert in the state it has now, which may be later than the event's. */
export async function sinkAlert({ tenantId, data }: ReceivedEvent<'alert.raised' | 'alert.resolved'>): Promise<void> {
  const alert = await transaction((db) =>
    db.one<StoredAlert>(sql`
      select alert_id, brand_id, rule, cause, severity, status, title, message, details::text as details, raised_at, resolved_at
      from alerts where tenant_id = ${tenantId} and alert_id = ${data.alert_id}`),
  )
  // Deleted with its brand; the fact itself is kept.
  if (!alert) return log('NOTICE', 'The alert is gone; its row is not appended.', { alert_id: data.alert_id })
  const { raised_at, resolved_at, ...rest } = alert
  const row = {
    ...rest,
    raised_at: raised_at.toISOString(),
    resolved_at: resolved_at?.toISOString() ?? null,
    version: VERSIONS[alert.status] ?? 0n,
  }
  await append(tenantId, 'alerts', [row])
}
