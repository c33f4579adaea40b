import { requestLetter } from '../../auth/letters.ts'
import { forgetOneTimeTokens } from '../../auth/one-time-token.ts'
import { passwordProblem } from '../../auth/password-rules.ts'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { actor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'

type NewPassword = {
  userId: string
  /** In clear, to be looked at; `hashed` is what is stored. */
  password: string
  hashed: string
  /** The input field that holds it, for the message. */
  field: string
  /** How it came about, for the audit log. */
  how: 'reset' | 'changed'
  /** A session that goes on. */
  keptSession: string | null
}

/**
 * Gives an active user of the actor's tenant a new password: ends sessions, a lock-out and open reset links, records it and
 * tells the user by letter. False when there is no such user; throws INPUT_INVALID for a password that is no good for them.
 */
export async function setPassword(db: Db, given: NewPassword): Promise<boolean> {
  const { userId, password, hashed, field, how, keptSession } = given
  const { tenantId } = actor()
  const owner = await db.one<{ email: string; company_name: string }>(sql`
    update users u set hashed_password = ${hashed}, failed_sign_ins = 0, failing_since = null, locked_until = null,
      email_verified_at = case when ${how === 'reset'} then ${clock.now()}::timestamptz else email_verified_at end
    from tenants t
    where u.tenant_id = ${tenantId} and u.user_id = ${userId} and u.is_active and t.id = u.tenant_id
    returning u.email, t.company_name`)
  if (!owner) return false
  const problem = passwordProblem(password, { email: owner.email, companyName: owner.company_name })
  if (problem) throw fieldErrors({ [field]: [problem] })
  await forgetOneTimeTokens(db, userId, 'password_reset')
  await revokeSessions(db, { userId, reason: `password ${how}`, except: keptSession })
  await record(db, 'config.changed', {
    data: { what: 'password', subject_id: userId, changes: { password: how } },
    userId,
  })
  await requestLetter(db, { userId, template: 'password_changed', link: null })
  return true
}
