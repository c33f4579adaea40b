import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'
import { forgetSession } from './authenticate.ts'

type Which = {
  userId: string
  /** For the audit log: why they end. */
  reason: string
  /** This session alone. */
  only?: string
  /** All but this one. */
  except?: string | null
}

/**
 * Ends live sessions of a user of the actor's tenant and records `auth.logout`; returns how many. This instance refuses
 * their access tokens as soon as the transaction is committed, others within SESSION_CACHE_MS.
 */
export async function revokeSessions(db: Db, { userId, reason, only, except = null }: Which): Promise<number> {
  const { tenantId } = actor()
  const now = clock.now()
  const ended = await db.query<{ session_id: string }>(sql`
    update sessions set revoked_at = ${now}
    where tenant_id = ${tenantId} and user_id = ${userId} and revoked_at is null and expires_at > ${now}::timestamptz
      and (${only ?? null}::uuid is null or session_id = ${only ?? null}::uuid) and session_id is distinct from ${except}::uuid
    returning session_id`)
  if (ended.length === 0) return 0
  // Before the fact's own publishing, which may take its time.
  db.afterCommit(async () => {
    for (const { session_id } of ended) forgetSession({ tenantId, userId, sessionId: session_id })
  })
  await record(db, 'auth.logout', { data: { user_id: userId, reason }, userId })
  return ended.length
}
