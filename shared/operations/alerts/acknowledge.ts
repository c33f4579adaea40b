import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { ALERT_COLUMNS, Alert, type AlertRow, alertOnWire, readAlert } from './alert.ts'

export const acknowledgeAlert = operation({
  name: 'acknowledge_alert',
  description: 'Says that somebody takes care of an alert. Again: the same answer. A resolved alert is 409.',
  http: { method: 'post', path: '/api/alerts/{id}/acknowledge' },
  permission: 'recommendations:act',
  surfaces: ['http', 'mcp'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ alert: Alert }),
  run: async ({ id }) => ({ alert: alertOnWire(await transaction((db) => acknowledge(db, id))) }),
})

async function acknowledge(db: Db, id: string): Promise<AlertRow> {
  const { tenantId, userId } = actor()
  const changed = await db.one<AlertRow>(sql`
    update alerts set status = 'acknowledged', acknowledged_at = ${clock.now()}, acknowledged_by = ${userId}
    where tenant_id = ${tenantId} and alert_id = ${id} and status = 'open' returning ${ALERT_COLUMNS}`)
  if (!changed) return unlessResolved(await readAlert(db, id))
  const { rule, cause, brand_id } = changed
  const data = { action: 'alert.acknowledged', subject_id: id, details: { rule, cause } }
  await record(db, 'admin.action', { data, ...(brand_id !== null && { brandId: brand_id }) })
  return changed
}

function unlessResolved(alert: AlertRow): AlertRow {
  if (alert.status === 'resolved')
    throw new AppError('CONFLICT', 'The alert is resolved already; there is nothing left to acknowledge.')
  return alert
}
