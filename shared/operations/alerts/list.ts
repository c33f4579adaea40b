import { z } from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant, instantOrNull } from '../wire.ts'

const Severity = z.enum(['info', 'warning', 'critical'])
const Status = z.enum(['open', 'acknowledged', 'resolved'])
const Alert = z.object({
  id: z.uuid(),
  brand_id: z.uuid().nullable(),
  rule: z.string(),
  cause: z.string().describe('What is wrong, as a key; one open alert a cause.'),
  severity: Severity,
  status: Status,
  title: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  raised_at: Instant,
  resolved_at: Instant.nullable(),
})
/** With microseconds: a Date would lose them and the page its place. */
const Key = z.tuple([z.iso.datetime(), z.uuid()])

type Row = Omit<z.input<typeof Alert>, 'raised_at' | 'resolved_at'> & {
  raised_at: Date
  resolved_at: Date | null
  sort_key: string
}

export const listAlerts = operation({
  name: 'list_alerts',
  description: 'Alerts of this tenant, newest first.',
  http: { method: 'get', path: '/api/alerts' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: PageInput.extend({ status: Status.optional(), severity: Severity.optional(), brand_id: z.uuid().optional() }),
  output: z.object({ alerts: z.array(Alert), next_cursor: NextCursor }),
  run: async ({ limit, cursor, status = null, severity = null, brand_id = null }) => {
    const [raisedAt, id] = decodeCursor(Key, cursor) ?? [null, null]
    const found = await transaction((db) =>
      db.query<Row>(sql`
        select alert_id as id, brand_id, rule, cause, severity, status, title, message, details, raised_at, resolved_at,
          to_char(raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
        from alerts
        where tenant_id = ${actor().tenantId} and (${status}::text is null or status = ${status})
          and (${severity}::text is null or severity = ${severity}) and (${brand_id}::uuid is null or brand_id = ${brand_id}::uuid)
          and (${raisedAt}::timestamptz is null or (raised_at, alert_id) < (${raisedAt}::timestamptz, ${id}::uuid))
        order by raised_at desc, alert_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.sort_key, row.id])
    const alerts = rows.map(({ sort_key: _, ...row }) => ({
      ...row,
      raised_at: row.raised_at.toISOString(),
      resolved_at: instantOrNull(row.resolved_at),
    }))
    return { alerts, next_cursor }
  },
})
