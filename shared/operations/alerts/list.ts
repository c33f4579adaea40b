import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant } from '../wire.ts'
import { ALERT_COLUMNS, Alert, type AlertRow, alertOnWire, Severity, Status } from './alert.ts'

/** With microseconds: a Date would lose them and the page its place. */
const Key = z.tuple([Instant, z.uuid()])
const Input = PageInput.extend({
  status: Status.optional(),
  severity: Severity.optional(),
  brand_id: z.uuid().optional(),
})
type Row = AlertRow & { sort_key: string }

export const listAlerts = operation({
  name: 'list_alerts',
  description: 'Alerts of this tenant, newest first.',
  http: { method: 'get', path: '/api/alerts' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: Input,
  output: z.object({ alerts: z.array(Alert), next_cursor: NextCursor }),
  run: async (input) => {
    const found = await transaction((db) => db.query<Row>(selectAlerts(input)))
    const { rows, next_cursor } = pageOf(found, input.limit, (row) => [row.sort_key, row.id])
    return { alerts: rows.map(({ sort_key: _, ...row }) => alertOnWire(row)), next_cursor }
  },
})

/** One row more than the page has. Only what was asked for stands in the text, so that a prepared plan can use it. */
export function selectAlerts({ limit, cursor, status, severity, brand_id }: z.output<typeof Input>): Sql {
  const after = decodeCursor(Key, cursor)
  const when = (given: unknown, condition: Sql): Sql => (given ? condition : sql``)
  return sql`
    select ${ALERT_COLUMNS}, to_char(raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
    from alerts
    where tenant_id = ${actor().tenantId} ${when(status, sql`and status = ${status}`)}
      ${when(severity, sql`and severity = ${severity}`)} ${when(brand_id, sql`and brand_id = ${brand_id}`)}
      ${after === null ? sql`` : behind(after)}
    order by raised_at desc, alert_id desc limit ${limit + 1}`
}

/**
 * `raised_at <=` leads into the index under every plan. `(raised_at, alert_id) < (…)` does so only where the planner proves
 * the tenant's policy once for all rows: a comparison of rows is not leakproof.
 */
const behind = ([raisedAt, id]: z.output<typeof Key>): Sql =>
  sql`and raised_at <= ${raisedAt}::timestamptz and (raised_at < ${raisedAt}::timestamptz or alert_id < ${id}::uuid)`
