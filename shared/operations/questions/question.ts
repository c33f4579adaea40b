import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { actor } from '../../tenant.ts'
import { cost } from '../admin/cost.ts'
import { Instant, Money } from '../wire.ts'
import { Answer } from './answer.ts'
import { CATEGORIES } from './category.ts'

export const Question = z.object({
  id: z.uuid(),
  brand_id: z.uuid().nullable().describe('null: about all brands.'),
  question: z.string(),
  category: z.enum(CATEGORIES),
  asked_at: Instant,
  asked_by: z
    .object({ id: z.uuid(), email: z.string().nullable().describe('null once the user is erased.') })
    .nullable(),
  api_key_id: z.uuid().nullable(),
  status: Answer.shape.status.nullable().describe('null: not answered yet, or never.'),
  reason: Answer.shape.reason,
  answer: z.string().nullable(),
  model: z.string().nullable(),
  tokens_used: z.int().nullable(),
  cost: Money.nullable(),
  cached: z.boolean(),
  accuracy_score: z.number().nullable().describe('Share of its ratings that are 4 or 5.'),
})
type Wire = z.input<typeof Question>

export type QuestionRow = Omit<Wire, 'asked_at' | 'asked_by' | 'cost' | 'tokens_used'> & {
  asked_at: Date
  asked_by: string | null
  email: string | null
  tokens_used: bigint | null
  cost_usd: string | null
}

export const COLUMNS = sql`q.question_id as id, q.brand_id, q.question_text as question, q.question_category as category, q.asked_at,
  q.asked_by, u.email, q.api_key_id, a.status, a.reason, a.answer_text as answer, a.model, a.tokens_consumed as tokens_used,
  trim_scale(a.cost_usd)::text as cost_usd, a.cached_from is not null as cached, q.accuracy_score::float8 as accuracy_score`

export const JOINS = sql`left join ai_answers a on a.tenant_id = q.tenant_id and a.question_id = q.question_id
  left join users u on u.tenant_id = q.tenant_id and u.user_id = q.asked_by and u.erased_at is null`

/** People see their own questions, and a key those it asked; administrators see everybody's. */
export function visible(): Sql {
  const { permissions, userId, apiKeyId } = actor()
  if (permissions.has('admin:manage')) return sql``
  return userId === null ? sql`and q.api_key_id = ${apiKeyId}::uuid` : sql`and q.asked_by = ${userId}::uuid`
}

const costOrNull = (usd: string | null): Money | null => (usd === null ? null : cost(usd))

export const questionOnWire = ({ asked_by, email, asked_at, tokens_used, cost_usd, ...row }: QuestionRow): Wire => ({
  ...row,
  asked_at: asked_at.toISOString(),
  asked_by: asked_by === null ? null : { id: asked_by, email },
  tokens_used: tokens_used === null ? null : Number(tokens_used),
  cost: costOrNull(cost_usd),
})
