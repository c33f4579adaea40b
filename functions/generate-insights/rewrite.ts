import type { Purpose } from '../../shared/ai/charged-call.ts'
import { type Conversation, conclude } from '../../shared/ai/converse.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import { accountOf } from '../../shared/operations/questions/account.ts'
import { type Presented, present } from '../../shared/operations/questions/present.ts'
import { actor } from '../../shared/tenant.ts'
import { recordWritten, WRITTEN, type Written } from './written.ts'

/** Of the month's budget: the rest is left to those who ask. */
const SHARE = 0.5

type Asked = Omit<Conversation, 'tools' | 'purpose'> & { purpose: Pick<Purpose, 'operation' | 'brandId'> }

/**
 * Has Claude tell what the server's own sentences told until now, from what is known, and keeps it when every figure is
 * proven; else the sentences stay, with the reason. Only for whoever has just made the row: so it is asked once.
 */
export async function rewrite(insightId: string, { purpose, ...asked }: Asked): Promise<void> {
  const account = await transaction(accountOf)
  const conclusion = await conclude({
    ...asked,
    tools: [],
    purpose: { ...purpose, questionId: null, ...account, share: SHARE },
  })
  await transaction((db) => keep(db, insightId, present(conclusion)))
}

async function keep(db: Db, insightId: string, told: Presented): Promise<void> {
  const isTold = told.status === 'answered'
  const body = isTold ? JSON.stringify({ parts: told.parts, evidence: told.evidence }) : null
  const written = await db.one<Written>(sql`
    update insights set written_by = ${isTold ? 'claude' : 'template'}, reason = ${isTold ? null : (told.reason ?? 'unproven')},
      text = coalesce(${isTold ? told.answer : null}, text), body = coalesce(body || ${body}::jsonb, ${body}::jsonb, body), model = ${told.model},
      tokens_consumed = ${told.tokens_used}, cost_usd = ${told.cost?.amount ?? null}, written_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and insight_id = ${insightId} returning ${WRITTEN}`)
  if (written) await recordWritten(db, written)
}
