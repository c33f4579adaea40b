import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { record, recordLast } from '../../events/record.ts'
import { log } from '../../log.ts'
import { actor } from '../../tenant.ts'
import type { Answer } from './answer.ts'
import type { Category } from './category.ts'

export type Asked = { questionId: string; brandId: string | null; question: string; category: Category }

/** Written, with its fact, before anything is asked of a model. */
export async function storeQuestion(db: Db, { questionId, brandId, question, category }: Asked): Promise<void> {
  const { tenantId, userId, apiKeyId } = actor()
  const stored = db.query(sql`
    insert into ai_questions (tenant_id, question_id, brand_id, asked_by, api_key_id, question_text, question_category, asked_at)
    values (${tenantId}, ${questionId}, ${brandId}, ${userId}, ${apiKeyId}, ${question}, ${category}, ${clock.now()})`)
  const data = { question_id: questionId, question, category }
  const recorded = record(db, 'ai.question_asked', { data, key: questionId, ...(brandId && { brandId }) })
  await Promise.all([stored, recorded])
}

const STATUS = { answered: 'success', clarification: 'success', refused: 'partial', unavailable: 'failure' } as const

type Given = {
  answer: Answer
  brandId: string | null
  cacheKey: string | null
  cachedFrom: string | null
  /** Until the first tool was asked for; null: none was. */
  firstStepMs: number | null
}

/** The answer and its fact. What it cost is told by the facts of its calls. */
export function storeAnswer(db: Db, { answer, brandId, cacheKey, cachedFrom, firstStepMs }: Given): void {
  const { question_id, status, reason, answer: text, model, tokens_used, cost, ...rest } = answer
  const { parts, evidence, usage, generation_time_ms, answered_at } = rest
  db.last(sql`
    insert into ai_answers (tenant_id, question_id, status, reason, answer_text, body, model, tokens_consumed, cost_usd,
      generation_time_ms, answered_at, cache_key, cached_from)
    select ${actor().tenantId}, question_id, ${status}, ${reason}, ${text}, ${JSON.stringify({ parts, evidence, usage })}::jsonb,
      ${model}, ${tokens_used}, ${cost?.amount ?? null}, ${generation_time_ms}, ${answered_at}, ${cacheKey}, ${cachedFrom}::uuid
    from ai_questions where tenant_id = ${actor().tenantId} and question_id = ${question_id}`)
  recordLast(db, 'ai.answer_generated', {
    data: { question_id, answer_status: status, reason, cached_from: cachedFrom },
    key: question_id,
    status: STATUS[status],
    durationMs: generation_time_ms,
    ...(model && { modelUsed: model }),
    ...(brandId && { brandId }),
  })
  // Of this line infra/monitoring.tf makes the service levels of questions; quick: from the store, or of one look into the data.
  const is_quick = cachedFrom !== null || evidence.length <= 1
  log('INFO', 'A question was answered.', {
    answer_status: status,
    generation_time_ms,
    is_quick,
    first_step_ms: firstStepMs,
  })
}
