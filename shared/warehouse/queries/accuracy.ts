import * as z from 'zod'
import { query } from '../query.ts'
import type { Span } from './latency.ts'

const Row = z.object({
  day: z.string(),
  model: z.string().nullable(),
  category: z.string(),
  questions: z.bigint().transform(Number),
  ratings: z.bigint().transform(Number),
  accurate: z.bigint().transform(Number),
})
export type AccuracyDay = z.output<typeof Row>

/** Whoever rates an answer again replaces the earlier rating, also one of another day. */
const SQL = `
  with told as (
    select event_id, event_type, \`timestamp\`, user_id, model_used, json_value(metadata, '$.question_id') as question_id,
      json_value(metadata, '$.category') as category, json_value(metadata, '$.rating') as rating,
      json_value(metadata, '$.api_key_id') as api_key_id
    from observability_events_latest
    where event_type in ('ai.question_asked', 'ai.answer_generated', 'ai.feedback_provided')
      and \`timestamp\` >= cast(@since as timestamp)
  ), rated as (
    select question_id, countif(rating is not null) as ratings, countif(rating in ('4', '5')) as accurate
    from (select question_id, rating, row_number() over (partition by question_id, coalesce(user_id, api_key_id)
      order by \`timestamp\` desc, event_id desc) as place from told where event_type = 'ai.feedback_provided') as by_person
    where place = 1 group by question_id
  )
  select cast(asked.\`timestamp\` as date) as \`day\`, answered.model_used as model, asked.category as category,
    count(*) as questions, sum(coalesce(rated.ratings, 0)) as ratings, sum(coalesce(rated.accurate, 0)) as accurate
  from told as asked
    left join told as answered on answered.question_id = asked.question_id and answered.event_type = 'ai.answer_generated'
    left join rated on rated.question_id = asked.question_id
  where asked.event_type = 'ai.question_asked' and asked.\`timestamp\` < cast(@until as timestamp)
  group by 1, 2, 3 order by 1, 2, 3`

/**
 * How answers were rated (4 and 5: accurate) by the day (UTC) of the question, model and category, oldest first; model null: none
 * answered. Throws UNAVAILABLE.
 */
export const accuracyByDay = (tenantId: string, span: Span): Promise<AccuracyDay[]> =>
  query(tenantId, { sql: SQL, params: span, row: Row })
