import { z } from 'zod'
import { forgetSessionsOf } from '../../auth/authenticate.ts'
import { lockAuthority } from '../../auth/lock-authority.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { requireAnotherAdmin } from '../users/last-admin.ts'
import { readUser } from '../users/user.ts'
import { Instant } from '../wire.ts'

/** No such hash: nobody can sign in with it. */
const NO_PASSWORD = 'erased'

export const eraseUser = operation({
  name: 'erase_user',
  description:
    'Erases a person: e-mail and password are replaced, every session ends, and the audit trail keeps the id alone. The last admin cannot be erased.',
  http: { method: 'post', path: '/api/privacy/users/{id}/erase' },
  permission: 'admin:manage',
  input: z.object({ id: z.uuid() }),
  output: z.object({ user_id: z.uuid(), erased_at: Instant }),
  run: ({ id }) =>
    transaction(async (db) => {
      await lockAuthority(db)
      const known = await db.one<{ erased_at: Date | null }>(
        sql`select erased_at from users where tenant_id = ${actor().tenantId} and user_id = ${id}`,
      )
      if (!known) throw new AppError('NOT_FOUND', 'There is no such user.')
      if (known.erased_at) return { user_id: id, erased_at: known.erased_at.toISOString() }
      await requireAnotherAdmin(db, await readUser(db, id))
      return { user_id: id, erased_at: (await erase(db, id)).toISOString() }
    }),
})

async function erase(db: Db, id: string): Promise<Date> {
  const { tenantId } = actor()
  const now = clock.now()
  await db.query(sql`
    update users set email = ${`erased-${id}@erased.invalid`}, hashed_password = ${NO_PASSWORD}, is_active = false, last_login = null,
      erased_at = ${now}
    where tenant_id = ${tenantId} and user_id = ${id}`)
  await db.query(sql`delete from sessions where tenant_id = ${tenantId} and user_id = ${id}`)
  await db.query(sql`delete from one_time_tokens where tenant_id = ${tenantId} and user_id = ${id}`)
  db.afterCommit(async () => forgetSessionsOf(tenantId, id))
  await record(db, 'admin.action', { data: { action: 'privacy.user_erased', subject_id: id, details: {} } })
  return now
}
