import * as z from 'zod'
import { clock } from '../../clock.ts'
import { onPrimary } from '../../db/replica.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { log } from '../../log.ts'
import { operation } from '../../operation.ts'
import { fieldErrors } from '../call.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant } from '../wire.ts'
import { type AuditRow, findEntries } from './audit-read.ts'

const KEPT_MS = 90 * 86_400_000
const Entry = z.object({
  id: z.uuid(),
  at: Instant,
  event_type: z.string(),
  user: z
    .object({ id: z.uuid(), email: z.string().nullable().describe('null once the user is deleted or erased.') })
    .nullable(),
  api_key_id: z.string().nullable(),
  brand_id: z.uuid().nullable(),
  status: z.enum(['success', 'failure', 'partial']),
  error_message: z.string().nullable(),
  details: z.record(z.string(), z.unknown()).describe('What the event says of itself, such as the question.'),
  request_id: z.string(),
  session_id: z.uuid().nullable(),
})
/** With microseconds: a Date would lose them and the page its place. */
const Key = z.tuple([Instant, z.uuid()])
const word = z.string().refine((text) => !text.includes('\0'), 'No NUL.')

export const audit = operation({
  name: 'search_audit',
  description: 'Who did and asked what in this tenant, newest first: facts and data access of the last 90 days.',
  http: { method: 'get', path: ['/api/admin/audit', '/mcp/admin/audit'] },
  permission: 'admin:manage',
  reads: 'replica',
  surfaces: ['http'],
  input: PageInput.extend({
    user_id: z.uuid().optional(),
    api_key: z.uuid().optional().describe('Id of an API key.'),
    brand_id: z.uuid().optional(),
    event_type: word.max(100).optional(),
    since: Instant.optional(),
    until: Instant.optional().describe('Exclusive.'),
    text: word.min(1).max(200).optional().describe('Words, "phrases", or, and -without, over questions and details.'),
  }),
  output: z.object({ entries: z.array(Entry), next_cursor: NextCursor }),
  run: async ({ limit, cursor, ...asked }) => {
    const begun = performance.now()
    const after = decodeCursor(Key, cursor)
    const now = clock.now().getTime()
    const from = new Date(Math.max(Date.parse(asked.since ?? '') || 0, now - KEPT_MS))
    const to = asked.until === undefined ? null : new Date(asked.until)
    if (to !== null && asked.since !== undefined && to < new Date(asked.since)) {
      throw fieldErrors({ until: ['Must not be before `since`.'] })
    }
    const found = await transaction((db) => findEntries(db, { ...asked, from, to, after, limit: limit + 1 }))
    // On record before anything is shown, whichever database shows it.
    const data = { action: 'audit.read', subject_id: null, details: asked }
    await onPrimary(() => transaction((db) => record(db, 'admin.action', { data })))
    // Of this line infra/monitoring.tf makes the service level of who asked what.
    log('INFO', 'The audit was searched.', { duration_ms: Math.round(performance.now() - begun) })
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.sort_key, row.id])
    return { entries: rows.map(entryOnWire), next_cursor }
  },
})

const entryOnWire = ({ sort_key: _, at, user_id, user_email, ...row }: AuditRow) => ({
  ...row,
  at: at.toISOString(),
  user: user_id === null ? null : { id: user_id, email: user_email },
})
