import * as z from 'zod'
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
    'Erases a person: e-mail and password are replaced, every session ends, what they typed is cleared, and the audit trail keeps the id alone. The warehouse follows within two nights. The last admin cannot be erased.',
  http: { method: 'post', path: '/api/privacy/users/{id}/erase' },
  permission: 'admin:manage',
  input: z.object({ id: z.uuid() }),
  output: z.object({
    user_id: z.uuid(),
    erased_at: Instant,
    in_warehouse: z.enum(['pending', 'done']).describe('BigQuery changes no row that has just arrived.'),
  }),
  run: ({ id }) =>
    transaction(async (db) => {
      await lockAuthority(db)
      const known = await db.one<{ erased_at: Date | null }>(
        sql`select erased_at from users where tenant_id = ${actor().tenantId} and user_id = ${id}`,
      )
      if (!known) throw new AppError('NOT_FOUND', 'There is no such user.')
      if (known.erased_at) return { ...erased(id, known.erased_at), in_warehouse: await inWarehouse(db, id) }
      await requireAnotherAdmin(db, await readUser(db, id))
      return { ...erased(id, await erase(db, id)), in_warehouse: 'pending' as const }
    }),
})

const erased = (id: string, at: Date) => ({ user_id: id, erased_at: at.toISOString() })

async function inWarehouse(db: Db, id: string): Promise<'pending' | 'done'> {
  const waiting = await db.one(
    sql`select user_id from warehouse_erasures where tenant_id = ${actor().tenantId} and user_id = ${id}`,
  )
  return waiting ? 'pending' : 'done'
}

async function erase(db: Db, id: string): Promise<Date> {
  const { tenantId } = actor()
  const now = clock.now()
  await db.query(sql`
    update users set email = ${`erased-${id}@erased.invalid`}, hashed_password = ${NO_PASSWORD}, is_active = false, last_login = null,
      erased_at = ${now}
    where tenant_id = ${tenantId} and user_id = ${id}`)
  await db.query(sql`delete from sessions where tenant_id = ${tenantId} and user_id = ${id}`)
  await db.query(sql`delete from one_time_tokens where tenant_id = ${tenantId} and user_id = ${id}`)
  await clearTyped(db, id)
  await db.query(sql`
    insert into warehouse_erasures (tenant_id, user_id, asked_at) values (${tenantId}, ${id}, ${now}) on conflict do nothing`)
  db.afterCommit(async () => forgetSessionsOf(tenantId, id))
  await record(db, 'admin.action', { data: { action: 'privacy.user_erased', subject_id: id, details: {} } })
  return now
}

/** Their words. That they asked, rated or decided stays, under the id. */
async function clearTyped(db: Db, id: string): Promise<void> {
  const { tenantId } = actor()
  await db.query(sql`
    delete from ai_question_words where tenant_id = ${tenantId}
      and question_id in (select question_id from ai_questions where tenant_id = ${tenantId} and asked_by = ${id})`)
  await db.query(sql`delete from audit_words where tenant_id = ${tenantId} and user_id = ${id}`)
  await db.query(sql`update ai_questions set question_text = '' where tenant_id = ${tenantId} and asked_by = ${id}`)
  await db.query(
    sql`update ai_feedback set accuracy_comment = null where tenant_id = ${tenantId} and provided_by = ${id}`,
  )
  await db.query(
    sql`update recommendations set dismiss_reason = null where tenant_id = ${tenantId} and decided_by = ${id}`,
  )
}
