import * as z from 'zod'
import { forgetSessionsOf } from '../../auth/authenticate.ts'
import { lockAuthority } from '../../auth/lock-authority.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { requireAnotherAdmin } from './last-admin.ts'
import { readUser, UserInput } from './user.ts'

export const removeUser = operation({
  name: 'delete_user',
  description:
    'Deletes a user with their sessions. What they did stays on record under their id; API keys they made live on.',
  http: { method: 'delete', path: '/api/users/{id}' },
  permission: 'admin:manage',
  input: UserInput,
  output: z.object({ id: z.uuid(), deleted: z.literal(true) }),
  run: ({ id }) =>
    transaction(async (db) => {
      const { tenantId } = actor()
      await lockAuthority(db)
      const user = await readUser(db, id)
      await requireAnotherAdmin(db, user)
      await db.query(sql`delete from users where tenant_id = ${tenantId} and user_id = ${id}`)
      const details = { role: user.role }
      await record(db, 'admin.action', { data: { action: 'user.deleted', subject_id: id, details } })
      db.afterCommit(async () => forgetSessionsOf(tenantId, id))
      return { id, deleted: true as const }
    }),
})
