import * as z from 'zod'
import { query } from '../query.ts'
import type { Span } from './latency.ts'

/** What is left out is not looked at. */
export type Asked = Span & { user_id?: string | undefined; brand_id?: string | undefined; text?: string | undefined }

const Row = z.object({
  question_id: z.string(),
  asked_at: z.string(),
  user_id: z.string().nullable(),
  api_key_id: z.string().nullable(),
  brand_id: z.string().nullable(),
  category: z.string(),
  question: z.string().nullable(),
})
export type AskedQuestion = z.output<typeof Row>

/** More are asked for with `until` at the last one. */
export const QUESTIONS_AT_MOST = 100

const SQL = `
  select json_value(metadata, '$.question_id') as question_id, \`timestamp\` as asked_at, user_id,
    json_value(metadata, '$.api_key_id') as api_key_id, brand_id, json_value(metadata, '$.category') as category,
    json_value(metadata, '$.question') as question
  from observability_events_latest
  where event_type = 'ai.question_asked' and \`timestamp\` >= cast(@since as timestamp) and \`timestamp\` < cast(@until as timestamp)
    and (@user_id = '' or user_id = @user_id) and (@brand_id = '' or brand_id = @brand_id)
    and (@text = '' or strpos(lower(json_value(metadata, '$.question')), lower(@text)) > 0)
  order by \`timestamp\` desc, event_id desc limit ${QUESTIONS_AT_MOST}`

/** This tenant's questions, newest first; `question` is null once whoever asked it was erased. Throws UNAVAILABLE. */
export const questionsAsked = (tenantId: string, asked: Asked): Promise<AskedQuestion[]> => {
  const { since, until, user_id = '', brand_id = '', text = '' } = asked
  return query(tenantId, { sql: SQL, params: { since, until, user_id, brand_id, text }, row: Row })
}
