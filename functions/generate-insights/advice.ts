import { v7 as uuidv7 } from 'uuid'
import { resultOf } from '../../shared/ai/result.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import { COLUMNS, onWire, type RecommendationRow } from '../../shared/operations/recommendations/recommendation.ts'
import { actor } from '../../shared/tenant.ts'
import { contextOf } from './context.ts'
import { rewrite } from './rewrite.ts'

const QUESTION = `Explain this recommendation to the people who run this brand: why it is made, what its figures say, how sure they are,
and what would prove it wrong. All there is to know is in the data above.`
/** Of a brand and day: those that are worth the most. */
const TOLD_AT_MOST = 3

/** Has Claude explain the brand's best recommendations, each once a day at most and only when its figures have changed. */
export async function explainAdvice(brandId: string, today: string): Promise<void> {
  for (const row of await transaction((db) => readUntold(db, brandId, today))) {
    const insightId = await transaction((db) => begin(db, row, today))
    if (insightId !== null) await explain(insightId, row)
  }
}

const readUntold = (db: Db, brandId: string, today: string): Promise<RecommendationRow[]> =>
  db.query(sql`
    select ${COLUMNS} from (select * from recommendations
      where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and status = 'open'
      order by expected_mid_micros desc nulls last, recommendation_id limit ${TOLD_AT_MOST}) recommendations
    where not exists (select from insights i where i.tenant_id = recommendations.tenant_id
      and i.recommendation_id = recommendations.recommendation_id
      and (i.day >= ${today}::date or i.written_at >= coalesce(changed_at, created_at)))`)

/** The row's id, whose text is gone; null when somebody else explains it. */
async function begin(db: Db, { id, brand_id }: RecommendationRow, today: string): Promise<string | null> {
  const begun = await db.one<{ insight_id: string }>(sql`
    insert into insights as i (tenant_id, insight_id, brand_id, day, recommendation_id, written_at)
    values (${actor().tenantId}, ${uuidv7()}, ${brand_id}, ${today}::date, ${id}, ${clock.now()})
    on conflict (tenant_id, recommendation_id) where recommendation_id is not null do update
    set day = excluded.day, written_by = 'template', text = null, body = null, reason = null, model = null, tokens_consumed = 0,
      cost_usd = 0, written_at = excluded.written_at
    where i.day < excluded.day returning insight_id`)
  return begun?.insight_id ?? null
}

async function explain(insightId: string, row: RecommendationRow): Promise<void> {
  const { id, title, what_to_do, expected, where, evidence, basis, confidence, computed, wrong_if } = onWire(row)
  const output = { currency: row.currency, title, expected, where, evidence, basis, confidence }
  const known = [resultOf({ id: 'r1', tool: 'get_recommendation', arguments: { id }, subject: null }, output)]
  await rewrite(insightId, {
    question: QUESTION.replaceAll('\n', ' '),
    context: await contextOf(row.brand_id, { recommendation: { title, what_to_do, computed, wrong_if } }),
    known,
    maxSteps: 1,
    purpose: { operation: 'recommendations', brandId: row.brand_id },
  })
}
