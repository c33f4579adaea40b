import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { CATEGORIES } from './category.ts'

const WINDOW_MS = 30 * 86_400_000
const FEWEST = 20

const Accuracy = {
  questions: z.int(),
  refused: z.int().describe('Refused or not answered for a fault.'),
  ratings: z.int(),
  accuracy: z.number().nullable().describe(`Share of ratings of 4 and 5; null below ${FEWEST} ratings.`),
}
type Row = {
  category: string | null
  model: string | null
  questions: number
  refused: number
  ratings: number
  good: number
}

export const getAnswerAccuracy = operation({
  name: 'get_answer_accuracy',
  description: 'How answers of the last 30 days were rated: in all, by category and by model.',
  http: { method: 'get', path: ['/api/admin/answer-accuracy', '/mcp/admin/answer-accuracy'] },
  permission: 'admin:manage',
  reads: 'replica',
  surfaces: ['http'],
  input: z.object({}),
  output: z.object({
    ...Accuracy,
    by_category: z.array(z.object({ category: z.enum(CATEGORIES), ...Accuracy })),
    by_model: z.array(z.object({ model: z.string(), ...Accuracy })),
  }),
  run: async () => {
    const rows = await transaction((db) =>
      db.query<Row>(sql`
        with asked as (
          select q.question_category as category, a.model, a.status, f.ratings, f.good
          from ai_questions q left join ai_answers a on a.tenant_id = q.tenant_id and a.question_id = q.question_id
          left join lateral (select count(*) as ratings, count(*) filter (where rating >= 4) as good from ai_feedback f
            where f.tenant_id = q.tenant_id and f.question_id = q.question_id) f on true
          where q.tenant_id = ${actor().tenantId} and q.asked_at >= ${new Date(clock.now().getTime() - WINDOW_MS)})
        select category, model, count(*)::int as questions, (count(*) filter (where status in ('refused', 'unavailable')))::int as refused,
          coalesce(sum(ratings), 0)::int as ratings, coalesce(sum(good), 0)::int as good
        from asked group by grouping sets ((), (category), (model)) having grouping(model) = 1 or model is not null
        order by category, model`),
    )
    const whole = rows.find(({ category, model }) => category === null && model === null)
    return {
      ...measured(whole ?? { questions: 0, refused: 0, ratings: 0, good: 0 }),
      by_category: rows.flatMap(({ category, ...row }) =>
        category === null ? [] : [{ category: z.enum(CATEGORIES).parse(category), ...measured(row) }],
      ),
      by_model: rows.flatMap(({ model, ...row }) => (model === null ? [] : [{ model, ...measured(row) }])),
    }
  },
})

const measured = ({ questions, refused, ratings, good }: Pick<Row, 'questions' | 'refused' | 'ratings' | 'good'>) => ({
  questions,
  refused,
  ratings,
  accuracy: ratings < FEWEST ? null : good / ratings,
})
