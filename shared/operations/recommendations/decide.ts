import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { actor } from '../../tenant.ts'
import { COLUMNS, type RecommendationRow, readRecommendation } from './recommendation.ts'

export type Decision = { status: 'accepted' } | { status: 'dismissed'; reason: string }

/** Decides an open recommendation and records who did. The same decision again: the first stands. Throws NOT_FOUND, CONFLICT. */
export async function decide(db: Db, id: string, decision: Decision): Promise<RecommendationRow> {
  const { tenantId, userId } = actor()
  const reason = decision.status === 'dismissed' ? decision.reason : null
  const decided = await db.one<RecommendationRow>(sql`
    update recommendations set status = ${decision.status}, decided_at = ${clock.now()}, decided_by = ${userId}, dismiss_reason = ${reason}
    where tenant_id = ${tenantId} and recommendation_id = ${id} and status = 'open' returning ${COLUMNS}`)
  if (!decided) return asDecided(await readRecommendation(db, id), decision)
  const { kind, cause, title, brand_id: brandId } = decided
  const data = { recommendation_id: id, kind, cause, title }
  if (decision.status === 'accepted') await record(db, 'recommendation.accepted', { data, key: id, brandId })
  else await record(db, 'recommendation.dismissed', { data: { ...data, reason: decision.reason }, key: id, brandId })
  return decided
}

function asDecided(found: RecommendationRow, { status }: Decision): RecommendationRow {
  if (found.status === status) return found
  throw new AppError('CONFLICT', `This recommendation is ${found.status}: it cannot be ${status} any more.`)
}
