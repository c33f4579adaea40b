import { clock } from '../clock.ts'
import { type Sql, sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'

/** So many wrong passwords of one user within the window close the door for as long as the lock says. */
export const LOCK_OUT = { failures: 10, windowMs: 15 * 60_000, lockMs: 15 * 60_000 }

/** Part of a predicate on users: the door is open now. */
export const notLocked = (): Sql => sql`(locked_until is null or locked_until <= ${clock.now()})`

/** Whether even the right password is refused. */
export async function isLocked(db: Db, userId: string): Promise<boolean> {
  const open = await db.one(sql`
    select user_id from users where tenant_id = ${actor().tenantId} and user_id = ${userId} and ${notLocked()}`)
  return open === null
}

/** Counts a wrong password in one statement, so that guesses at the same time count one by one. A lock is not prolonged. */
export async function countFailure(db: Db, userId: string): Promise<void> {
  const now = clock.now()
  const windowBegan = new Date(now.getTime() - LOCK_OUT.windowMs)
  const lockedUntil = new Date(now.getTime() + LOCK_OUT.lockMs)
  const count = sql`(case when failing_since > ${windowBegan}::timestamptz then failed_sign_ins else 0 end) + 1`
  const isLast = sql`${count} >= ${LOCK_OUT.failures}::int`
  await db.query(sql`
    update users set
      failed_sign_ins = case when ${isLast} then 0 else ${count} end,
      failing_since = case when ${isLast} then null when failing_since > ${windowBegan}::timestamptz then failing_since
        else ${now}::timestamptz end,
      locked_until = case when ${isLast} then ${lockedUntil}::timestamptz end
    where tenant_id = ${actor().tenantId} and user_id = ${userId} and ${notLocked()}`)
}
