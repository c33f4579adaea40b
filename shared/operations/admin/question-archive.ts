import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { QUESTIONS_AT_MOST, questionsAsked } from '../../warehouse/queries/who-asked.ts'
import { line } from '../text.ts'
import { Instant } from '../wire.ts'
import { DaysInput, daysOf } from './days.ts'

const MAX_DAYS = 366
const Asked = z.object({
  question_id: z.uuid(),
  asked_at: Instant,
  user: z
    .object({ id: z.uuid(), email: z.string().nullable().describe('null once the user is deleted or erased.') })
    .nullable(),
  api_key_id: z.string().nullable(),
  brand_id: z.uuid().nullable().describe('null: about all brands.'),
  category: z.string(),
  question: z.string().nullable().describe('null once whoever asked was erased.'),
})

export const questionArchive = operation({
  name: 'search_question_archive',
  description: `Who asked what, newest first: the ${QUESTIONS_AT_MOST} newest of at most 366 days, from this tenant’s warehouse, which keeps seven years. The audit log has the last 90 days whole.`,
  http: { method: 'get', path: ['/api/admin/question-archive', '/mcp/admin/question-archive'] },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: DaysInput.extend({
    user_id: z.uuid().optional(),
    brand_id: z.uuid().optional(),
    text: line(200).optional().describe('Part of the question, in whichever case.'),
  }),
  output: z.object({ questions: z.array(Asked) }),
  run: async (asked) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const span = { since: from.toISOString(), until: to.toISOString() }
    const found = await questionsAsked(actor().tenantId, { ...asked, ...span })
    // On record before anything is shown.
    const data = { action: 'audit.read', subject_id: null, details: asked }
    const emails = await transaction(async (db) => {
      await record(db, 'admin.action', { data })
      return emailsOf(db, new Set(found.flatMap(({ user_id }) => user_id ?? [])))
    })
    return {
      questions: found.map(({ user_id, ...row }) => ({
        ...row,
        user: user_id === null ? null : { id: user_id, email: emails.get(user_id) ?? null },
      })),
    }
  },
})

async function emailsOf(db: Db, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const users = await db.query<{ user_id: string; email: string }>(sql`
    select user_id, email from users
    where tenant_id = ${actor().tenantId} and user_id = any(${[...ids]}::uuid[]) and erased_at is null`)
  return new Map(users.map(({ user_id, email }) => [user_id, email]))
}
