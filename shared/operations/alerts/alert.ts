import * as z from 'zod'
import { isRuleName, ruleDefinition } from '../../alerts/rules.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import { type Explained, Explanation, explainedWhere, explanationOf } from '../insights/explanation.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const Severity = z.enum(['info', 'warning', 'critical'])
export const Status = z.enum(['open', 'acknowledged', 'resolved'])
export const Alert = z
  .object({
    id: z.uuid(),
    brand_id: z.uuid().nullable(),
    rule: z.string(),
    cause: z.string().describe('What is wrong, as a key; one open alert a cause.'),
    severity: Severity,
    status: Status,
    title: z.string(),
    message: z.string(),
    explanation: Explanation.describe('What it means and what to look at; it comes after the alert.'),
    details: z.record(z.string(), z.unknown()),
    raised_at: Instant,
    acknowledged_at: Instant.nullable(),
    acknowledged_by: z.uuid().nullable().describe('Whoever took it on.'),
    resolved_at: Instant.nullable(),
    resolved_by: z.uuid().nullable().describe('Whoever closed it; null when the cause went away by itself.'),
    resolution_note: z.string().nullable(),
  })
  .meta({
    examples: [
      {
        id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70',
        rule: 'sync_failed',
        cause: 'sync_failed:0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e71',
        severity: 'warning',
        status: 'acknowledged',
        title: 'Sync of Shopify "Northwind" failed',
        message: 'The sync stopped with PROVIDER_UNAVAILABLE. It is tried again every hour by itself.',
        explanation: {
          text: 'A sync of a connection failed for good, and none has completed since.',
          written_by: 'template',
          written_at: null,
        },
        details: { code: 'PROVIDER_UNAVAILABLE' },
        raised_at: '2026-11-20T09:30:00.000Z',
        acknowledged_at: '2026-11-20T09:41:00.000Z',
        acknowledged_by: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e72',
        resolved_at: null,
        resolved_by: null,
        resolution_note: null,
      },
    ],
  })

const INSTANTS = ['raised_at', 'acknowledged_at', 'resolved_at'] as const
type Instants = (typeof INSTANTS)[number]
export type AlertRow = Omit<z.input<typeof Alert>, Instants | 'explanation'> & {
  explained: Explained
  raised_at: Date
  acknowledged_at: Date | null
  resolved_at: Date | null
}

export const ALERT_COLUMNS = sql`alert_id as id, brand_id, rule, cause, severity, status, title, message, details, raised_at,
  acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolution_note,
  ${explainedWhere(sql`i.tenant_id = alerts.tenant_id and i.alert_id = alerts.alert_id`)} as explained`

/** How the alert is explained at this moment: by a model, where that is done, otherwise by its rule's own words. */
export const explainAlert = (row: Pick<AlertRow, 'rule' | 'message' | 'explained'>): z.output<typeof Explanation> =>
  explanationOf(row.explained, wordsOf(row))

export const alertOnWire = ({ explained, ...row }: AlertRow): z.input<typeof Alert> => ({
  ...row,
  explanation: explainAlert({ ...row, explained }),
  raised_at: row.raised_at.toISOString(),
  acknowledged_at: instantOrNull(row.acknowledged_at),
  resolved_at: instantOrNull(row.resolved_at),
})

/** What the rule says of all of its alerts. */
function wordsOf({ rule, message }: Pick<AlertRow, 'rule' | 'message'>): string {
  if (!isRuleName(rule)) return message
  const { description, runbook } = ruleDefinition(rule)
  return `${description} ${runbook}`
}

/** Throws NOT_FOUND, also for another tenant's alert. */
export async function readAlert(db: Db, id: string): Promise<AlertRow> {
  const row = await db.one<AlertRow>(sql`
    select ${ALERT_COLUMNS} from alerts where tenant_id = ${actor().tenantId} and alert_id = ${id}`)
  if (!row) throw new AppError('NOT_FOUND', 'There is no alert with this id.')
  return row
}
