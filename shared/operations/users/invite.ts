import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { requirePerson } from '../call.ts'
import { sendInvitation } from './invitation.ts'
import { RoleName, requireRoleOfTenant, USER_COLUMNS, UserOutput, type UserRow, userOnWire } from './user.ts'

export const inviteUser = operation({
  name: 'invite_user',
  description:
    'Invites somebody by e-mail: they choose a password by the link in the letter, which is good for 7 days.',
  http: { method: 'post', path: '/api/users/invite', status: 201 },
  permission: 'admin:manage',
  input: z
    .object({ email: z.email().max(254), role: RoleName })
    .meta({ examples: [{ email: 'bo@example.com', role: 'analyst' }] }),
  output: UserOutput,
  run: async ({ email, role }) => {
    requirePerson()
    requireRoleOfTenant(role)
    const { tenantId } = actor()
    return transaction(async (db) => {
      const user = await db.one<UserRow>(sql`
        insert into users (tenant_id, user_id, email, role, created_at)
        values (${tenantId}, ${uuidv7()}, ${email.toLowerCase()}, ${role}, ${clock.now()})
        on conflict (tenant_id, email) do nothing returning ${USER_COLUMNS}`)
      if (!user) throw new AppError('CONFLICT', 'A user with this e-mail is already here; /api/users finds them.')
      await sendInvitation(db, user.id)
      await record(db, 'admin.action', { data: { action: 'user.invited', subject_id: user.id, details: { role } } })
      return { user: userOnWire(user) }
    })
  },
})
