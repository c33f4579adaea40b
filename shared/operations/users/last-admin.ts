import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import type { UserRow } from './user.ts'

/** Somebody who can sign in and manage the tenant: an invitation that nobody accepted does not count. */
export const isLiveAdmin = ({ role, state }: Pick<UserRow, 'role' | 'state'>): boolean =>
  role === 'admin' && state === 'active'

/** Throws CONFLICT when no live admin would remain without this one. Only true under lockAuthority(). */
export async function requireAnotherAdmin(db: Db, user: UserRow): Promise<void> {
  if (!isLiveAdmin(user)) return
  const other = await db.one(sql`
    select user_id from users
    where tenant_id = ${actor().tenantId} and user_id <> ${user.id} and role = 'admin' and is_active
      and hashed_password is not null limit 1`)
  if (!other) throw new AppError('CONFLICT', 'This is the last active admin; make somebody else admin first.')
}
