import * as z from 'zod'
import { forgetSessionsOf } from '../../auth/authenticate.ts'
import { lockAuthority } from '../../auth/lock-authority.ts'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { requirePerson } from '../call.ts'
import { isLiveAdmin, requireAnotherAdmin } from './last-admin.ts'
import {
  noSuchUser,
  RoleName,
  readUser,
  requireRoleOfTenant,
  USER_COLUMNS,
  UserInput,
  UserOutput,
  type UserRow,
  userOnWire,
} from './user.ts'

export const updateUser = operation({
  name: 'update_user',
  description:
    'Changes the role of a user, or deactivates or reactivates them. Deactivating ends their sessions at once; API keys they made live on.',
  http: { method: 'patch', path: '/api/users/{id}' },
  permission: 'admin:manage',
  input: UserInput.extend({
    role: RoleName.optional().meta({ examples: ['manager'] }),
    is_active: z.boolean().optional(),
  }),
  output: UserOutput,
  run: ({ id, role, is_active }) =>
    transaction(async (db) => {
      await lockAuthority(db)
      const before = await readUser(db, id)
      const after = await change(db, before, { role: role ?? before.role, is_active: is_active ?? before.is_active })
      if (before.is_active && !after.is_active) await revokeSessions(db, { userId: id, reason: 'user deactivated' })
      await recordChanges(db, before, after)
      db.afterCommit(async () => forgetSessionsOf(actor().tenantId, id))
      return { user: userOnWire(after) }
    }),
})

type Wanted = Pick<UserRow, 'role' | 'is_active'>

async function change(db: Db, before: UserRow, { role, is_active }: Wanted): Promise<UserRow> {
  const { tenantId, userId } = actor()
  if (role !== before.role) {
    if (before.id === userId) throw new AppError('FORBIDDEN', 'Nobody changes their own role; ask another admin.')
    if (role === 'admin') requirePerson() // a key must not make admins that outlive it
    requireRoleOfTenant(role)
  }
  const after = await db.one<UserRow>(sql`
    update users set role = ${role}, is_active = ${is_active} where tenant_id = ${tenantId} and user_id = ${before.id}
    returning ${USER_COLUMNS}`)
  if (!after) throw noSuchUser()
  if (!isLiveAdmin(after)) await requireAnotherAdmin(db, before)
  return after
}

async function recordChanges(db: Db, before: UserRow, after: UserRow): Promise<void> {
  const told = (action: string, details: Record<string, unknown>) =>
    record(db, 'admin.action', { data: { action, subject_id: before.id, details } })
  if (before.role !== after.role) await told('user.role_changed', { from: before.role, to: after.role })
  if (before.is_active !== after.is_active) await told(after.is_active ? 'user.activated' : 'user.deactivated', {})
}
