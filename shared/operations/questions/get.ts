import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { Instant, instantOrNull } from '../wire.ts'
import { Evidence, Part, Usage } from './answer.ts'
import { COLUMNS, JOINS, Question, type QuestionRow, questionOnWire, visible } from './question.ts'

const Body = z.object({ parts: z.array(Part), evidence: Evidence, usage: Usage })
type Row = QuestionRow & {
  body: z.input<typeof Body> | null
  answered_at: Date | null
  generation_time_ms: number | null
}

export const getQuestion = operation({
  name: 'get_question',
  description: 'A question with its answer and the evidence that was shown with it.',
  http: { method: 'get', path: '/api/questions/{id}' },
  permission: 'ai:ask',
  surfaces: ['http'],
  input: z.object({ id: z.uuid() }),
  output: Question.extend({
    ...Body.partial().shape,
    answered_at: Instant.nullable(),
    generation_time_ms: z.number().nullable(),
  }),
  run: async ({ id }) => {
    const row = await transaction((db) =>
      db.one<Row>(sql`
        select ${COLUMNS}, a.body, a.answered_at, a.generation_time_ms from ai_questions q ${JOINS}
        where q.tenant_id = ${actor().tenantId} and q.question_id = ${id} ${visible()}`),
    )
    if (!row) throw noSuchQuestion()
    const { body, answered_at, generation_time_ms, ...question } = row
    return { ...questionOnWire(question), ...body, answered_at: instantOrNull(answered_at), generation_time_ms }
  },
})

/** Another's question and one that does not exist are the same. */
export const noSuchQuestion = (): AppError => new AppError('NOT_FOUND', 'There is no question with this id.')
