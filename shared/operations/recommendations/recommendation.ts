import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { KINDS } from '../../recommendations/recommendation.ts'
import { actor } from '../../tenant.ts'
import { type Explained, Explanation, explainedWhere, explanationOf } from '../insights/explanation.ts'
import { Instant, instantOrNull, Money, money } from '../wire.ts'

export const Status = z.enum(['open', 'accepted', 'dismissed', 'expired'])
const Json = z.record(z.string(), z.unknown())

const Place = z.object({
  provider: z.string(),
  campaign_id: z.string().nullable(),
  campaign: z.string().nullable(),
  budget_from: z
    .number()
    .nullable()
    .describe("A day, in the brand's currency: what is set, or spent where none is set."),
  budget_to: z.number().nullable(),
})

export const Recommendation = z.object({
  id: z.uuid(),
  brand_id: z.uuid(),
  kind: z.enum(KINDS),
  cause: z.string().describe('What it is about, as a key; one open recommendation a cause.'),
  status: Status,
  title: z.string(),
  what_to_do: z.string().describe('For a person: nothing is ever changed on a platform.'),
  explanation: Explanation,
  where: z.array(Place),
  expected: z
    .object({ low: Money, mid: Money, high: Money })
    .nullable()
    .describe('What 28 days would bring more than without it; null: that cannot be said.'),
  basis: z.enum(['profit', 'revenue']).describe('revenue: the cost of goods is unknown.'),
  computed: z.string().describe('How the effect was computed.'),
  evidence: z.array(Json).describe('Ids and figures that it rests on.'),
  confidence: z.enum(['low', 'medium', 'high']),
  wrong_if: z.string().describe('What would prove it wrong.'),
  created_at: Instant,
  updated_at: Instant.describe('When its figures were last computed.'),
  decided_at: Instant.nullable(),
  decided_by: z.uuid().nullable(),
  dismiss_reason: z.string().nullable(),
  outcome: Json.nullable().describe('The campaigns 28 days before and after it was accepted; no proof of cause.'),
  outcome_measured_at: Instant.nullable(),
})
type Wire = z.input<typeof Recommendation>

type Dates = 'created_at' | 'updated_at' | 'decided_at' | 'outcome_measured_at'
type Body = Pick<Wire, 'what_to_do' | 'where' | 'computed' | 'evidence' | 'wrong_if'>
export type RecommendationRow = Omit<Wire, Dates | 'expected' | 'explanation' | keyof Body> & {
  explained: Explained
  body: Body
  expected_low_micros: bigint | null
  expected_mid_micros: bigint | null
  expected_high_micros: bigint | null
  currency: string
  created_at: Date
  updated_at: Date
  decided_at: Date | null
  outcome_measured_at: Date | null
}

export const COLUMNS = sql`recommendation_id as id, brand_id, kind, cause, status, title, body, expected_low_micros,
  expected_mid_micros, expected_high_micros, currency, basis, confidence, created_at, updated_at, decided_at, decided_by,
  dismiss_reason, outcome, outcome_measured_at, ${explainedWhere(sql`i.tenant_id = recommendations.tenant_id
    and i.recommendation_id = recommendations.recommendation_id and i.written_at >= coalesce(changed_at, created_at)`)} as explained`

export function onWire(row: RecommendationRow): Wire {
  const {
    body,
    explained,
    expected_low_micros: low,
    expected_mid_micros: mid,
    expected_high_micros: high,
    currency,
    ...rest
  } = row
  const isExpected = low !== null && mid !== null && high !== null
  return {
    ...rest,
    ...body,
    explanation: explanationOf(explained, `${body.what_to_do} ${body.computed}`),
    expected: isExpected ? { low: money(low, currency), mid: money(mid, currency), high: money(high, currency) } : null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    decided_at: instantOrNull(row.decided_at),
    outcome_measured_at: instantOrNull(row.outcome_measured_at),
  }
}

/** Throws NOT_FOUND, also for another tenant's. */
export async function readRecommendation(db: Db, id: string): Promise<RecommendationRow> {
  const row = await db.one<RecommendationRow>(
    sql`select ${COLUMNS} from recommendations where tenant_id = ${actor().tenantId} and recommendation_id = ${id}`,
  )
  if (!row) throw new AppError('NOT_FOUND', 'There is no recommendation with this id.')
  return row
}
