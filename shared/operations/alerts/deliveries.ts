import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant } from '../wire.ts'

const Delivery = z.object({
  channel: z.string().describe('slack, email, webhook, n8n; mail is a letter to one person.'),
  subject_id: z.uuid().describe('What was sent: an alert, or an id made of what it told.'),
  status: z.enum(['sending', 'sent', 'failed']),
  attempts: z.int(),
  http_status: z.int().nullable().describe('What the other side answered, if it did.'),
  error_message: z.string().nullable(),
  updated_at: Instant,
})
const Key = z.tuple([Instant, z.string(), z.uuid()])
const Input = PageInput.extend({ channel: z.string().max(40).optional(), subject_id: z.uuid().optional() })
type Row = Omit<z.input<typeof Delivery>, 'updated_at'> & { updated_at: Date; sort_key: string }

export const listDeliveries = operation({
  name: 'list_deliveries',
  description: 'What was sent to the outside, newest first: alerts, letters, webhooks, and what became of each.',
  http: { method: 'get', path: '/api/alerts/deliveries' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: Input,
  output: z.object({ deliveries: z.array(Delivery), next_cursor: NextCursor }),
  run: async (input) => {
    const found = await transaction((db) => db.query<Row>(selectDeliveries(input)))
    const { rows, next_cursor } = pageOf(found, input.limit, (row) => [row.sort_key, row.channel, row.subject_id])
    return {
      deliveries: rows.map(({ sort_key: _, ...row }) => ({ ...row, updated_at: row.updated_at.toISOString() })),
      next_cursor,
    }
  },
})

function selectDeliveries({ limit, cursor, channel, subject_id }: z.output<typeof Input>): Sql {
  const after = decodeCursor(Key, cursor)
  const when = (given: unknown, condition: Sql): Sql => (given ? condition : sql``)
  return sql`
    select channel, subject_id, status, attempts, http_status, error_message, updated_at,
      to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
    from webhook_deliveries
    where tenant_id = ${actor().tenantId} ${when(channel, sql`and channel = ${channel}`)}
      ${when(subject_id, sql`and subject_id = ${subject_id}`)}
      ${after === null ? sql`` : behind(after)}
    order by updated_at desc, channel, subject_id limit ${limit + 1}`
}

const behind = ([updatedAt, channel, subjectId]: z.output<typeof Key>): Sql => sql`
  and updated_at <= ${updatedAt}::timestamptz
  and (updated_at < ${updatedAt}::timestamptz or (channel, subject_id) > (${channel}, ${subjectId}::uuid))`
