import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { log } from '../../log.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { text } from '../text.ts'
import { noSuchQuestion } from './get.ts'
import { visible } from './question.ts'

const Input = z
  .object({
    id: z.uuid().describe('Of the question.'),
    rating: z.int().min(1).max(5).describe('5: right. From 4 on it counts as accurate.'),
    accuracy_comment: text(500).optional(),
    was_actionable: z.boolean().optional(),
  })
  .meta({ examples: [{ rating: 5, was_actionable: true }] })

export const rateAnswer = operation({
  name: 'rate_answer',
  description: 'Rates an answer; rated again, the earlier rating is replaced.',
  http: { method: 'post', path: '/api/questions/{id}/feedback' },
  permission: 'ai:ask',
  surfaces: ['http'],
  input: Input,
  output: z.object({ question_id: z.uuid(), accuracy_score: z.number() }),
  run: ({ id, rating, accuracy_comment, was_actionable }) =>
    transaction(async (db) => {
      const { tenantId, userId, apiKeyId } = actor()
      const question = await db.one<{ brand_id: string | null }>(sql`
        select brand_id from ai_questions q where q.tenant_id = ${tenantId} and q.question_id = ${id} ${visible()} for update`)
      if (!question) throw noSuchQuestion()
      await db.query(sql`
        insert into ai_feedback (tenant_id, question_id, provided_by, rating, accuracy_comment, was_actionable, provided_at)
        values (${tenantId}, ${id}, ${userId ?? apiKeyId}, ${rating}, ${accuracy_comment ?? null}, ${was_actionable ?? null}, ${clock.now()})
        on conflict (tenant_id, question_id, provided_by) do update set rating = excluded.rating,
          accuracy_comment = excluded.accuracy_comment, was_actionable = excluded.was_actionable, provided_at = excluded.provided_at`)
      const scored = await db.one<{ accuracy_score: number }>(sql`
        update ai_questions set accuracy_score = (select avg((rating >= 4)::int) from ai_feedback
          where tenant_id = ${tenantId} and question_id = ${id})
        where tenant_id = ${tenantId} and question_id = ${id} returning accuracy_score::float8 as accuracy_score`)
      const data = { question_id: id, rating, was_actionable: was_actionable ?? null }
      await record(db, 'ai.feedback_provided', { data, ...(question.brand_id && { brandId: question.brand_id }) })
      // Of this line infra/monitoring.tf makes the service level of accuracy.
      db.afterCommit(async () => log('INFO', 'An answer was rated.', { is_accurate: rating >= 4 }))
      return { question_id: id, accuracy_score: scored?.accuracy_score ?? 0 }
    }),
})
