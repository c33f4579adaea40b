import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { line } from '../text.ts'
import { ALERT_COLUMNS, Alert, type AlertRow, alertOnWire, readAlert } from './alert.ts'

export const resolveAlert = operation({
  name: 'resolve_alert',
  description:
    'Closes an alert. Again: the same answer, with the first note. While its cause lasts, the next failure raises another.',
  http: { method: 'post', path: '/api/alerts/{id}/resolve' },
  permission: 'recommendations:act',
  surfaces: ['http', 'mcp'],
  input: z
    .object({ id: z.uuid(), note: line(1_000).optional().describe('What it was, or what was done.') })
    .meta({ examples: [{ note: 'The shop was closed for maintenance.' }] }),
  output: z.object({ alert: Alert }),
  run: async ({ id, note = null }) => ({ alert: alertOnWire(await transaction((db) => resolve(db, id, note))) }),
})

async function resolve(db: Db, id: string, note: string | null): Promise<AlertRow> {
  const { tenantId, userId } = actor()
  const changed = await db.one<AlertRow>(sql`
    update alerts set status = 'resolved', resolved_at = ${clock.now()}, resolved_by = ${userId}, resolution_note = ${note}
    where tenant_id = ${tenantId} and alert_id = ${id} and status <> 'resolved' returning ${ALERT_COLUMNS}`)
  if (!changed) return readAlert(db, id)
  const { rule, cause, brand_id } = changed
  // The same key as the rules use when the cause goes away: of both at once, one fact.
  await record(db, 'alert.resolved', {
    data: { alert_id: id, rule, cause },
    key: id,
    ...(brand_id !== null && { brandId: brand_id }),
  })
  return changed
}
