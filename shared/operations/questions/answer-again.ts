import { hash } from 'node:crypto'
import { INSTRUCTIONS } from '../../ai/instructions.ts'
import { clock } from '../../clock.ts'
import { config } from '../../config.ts'
import { dataVersion } from '../../db/data-version.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { dayIn } from '../../units.ts'
import { cost } from '../admin/cost.ts'
import type { Answer } from './answer.ts'
import { type Asked, storeAnswer } from './store.ts'

const KEPT_MS = 60 * 60 * 1000
const NO_TOKENS = { input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, calls: 0 }

/** The same for the same words about the same data on the same day, by the same rules, for who may see the same. */
export async function cacheKeyOf({ brandId, question }: Asked): Promise<string> {
  const { version, time_zone } = await dataVersion(brandId)
  const words = question.toLowerCase().replace(/\s+/g, ' ')
  const rules = [config('AI_MODEL'), hash('sha256', INSTRUCTIONS)]
  const day = dayIn(time_zone ?? 'UTC', clock.now())
  const held = [...actor().permissions].sort()
  return hash('sha256', JSON.stringify([brandId, words, String(version), day, held, rules]))
}

type Row = Pick<Answer, 'question_id' | 'answer' | 'model'> & {
  body: Pick<Answer, 'parts' | 'evidence'>
  answered_at: Date
}

/** The answer to the same question of the last hour, stored as this one's at no cost; null when there is none. */
export async function answerAgain(
  db: Db,
  { questionId, brandId, category }: Asked,
  cacheKey: string,
): Promise<Answer | null> {
  const found = await db.one<Row>(sql`
    select question_id, answer_text as answer, model, body, answered_at from ai_answers
    where tenant_id = ${actor().tenantId} and cache_key = ${cacheKey} and answered_at > ${new Date(clock.now().getTime() - KEPT_MS)}
    order by answered_at desc limit 1`)
  if (!found) return null
  const { parts, evidence } = found.body
  const answer: Answer = {
    question_id: questionId,
    status: 'answered',
    reason: null,
    answer: found.answer,
    parts,
    category,
    evidence,
    model: found.model,
    tokens_used: 0,
    usage: NO_TOKENS,
    cost: cost('0'),
    cached: true,
    answered_at: found.answered_at.toISOString(),
    generation_time_ms: 0,
  }
  storeAnswer(db, { answer, brandId, cacheKey: null, cachedFrom: found.question_id, firstStepMs: null })
  return answer
}
