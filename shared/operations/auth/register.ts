import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { hashPassword } from '../../auth/password.ts'
import { NewPassword, passwordProblem } from '../../auth/password-rules.ts'
import { clock } from '../../clock.ts'
import { resolveLogin } from '../../db/resolve.ts'
import { sql } from '../../db/sql.ts'
import { addTenantKey } from '../../db/tenant-keys.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { hasFoundedEnough } from './namesakes.ts'
import { TokenPlace } from './refresh-cookie.ts'
import { openSession, Tokens, tokensOf } from './session.ts'

/** One line as people write it: no control characters, no double blanks. */
const CompanyName = z
  .string()
  .overwrite((name) =>
    name
      .normalize('NFC')
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim(),
  )
  .min(1, "Give the company's name.")
  .max(200)

export const register = operation({
  name: 'register',
  description:
    'Founds a tenant with its first user, an admin, and signs them in. It can be used at once; its warehouse follows within a minute (status `provisioning`, then `active`).',
  http: { method: 'post', path: '/api/auth/register', status: 201 },
  permission: 'public',
  input: z
    .object({
      company_name: CompanyName,
      email: z
        .email()
        .max(254)
        .overwrite((email) => email.toLowerCase()),
      password: NewPassword,
      refresh_token_in: TokenPlace,
    })
    .meta({
      examples: [{ company_name: 'Acme', email: 'ana@example.com', password: 'correct horse battery staple' }],
    }),
  output: Tokens,
  run: async ({ company_name, email, password, refresh_token_in }) => {
    const problem = passwordProblem(password, { email, companyName: company_name })
    if (problem) throw fieldErrors({ password: [problem] })
    if (hasFoundedEnough(await resolveLogin(email))) {
      throw new AppError(
        'CONFLICT',
        'Several companies were founded under this e-mail, which nobody has confirmed yet: reset the password of one, by the letter, before you found another.',
      )
    }
    const hashed = await hashPassword(password)
    const session = await runAs(systemActor(uuidv7(), 'register', actor().requestId), () =>
      transaction(async (db) => {
        await found(db, company_name)
        return openSession(db, await addAdmin(db, email, hashed))
      }),
    )
    if (!session) throw new AppError('INTERNAL', 'The new account could not be opened; sign in to try again.')
    return tokensOf(session, refresh_token_in)
  },
})

async function found(db: Db, companyName: string): Promise<void> {
  const { tenantId } = actor()
  const made = await db.one(sql`
    insert into tenants (id, company_name, status, created_at)
    values (${tenantId}, ${companyName}, 'provisioning', ${clock.now()})
    on conflict do nothing returning id`)
  if (!made) {
    throw new AppError(
      'CONFLICT',
      'A company of this name is here already: ask its admin for an invitation, or register under another name.',
    )
  }
  await addTenantKey(db)
  await record(db, 'tenant.created', { data: { tenant_id: tenantId, change: 'founded' }, key: tenantId })
  await record(db, 'config.changed', {
    data: { what: 'tenant', subject_id: tenantId, changes: { company_name: companyName, status: 'provisioning' } },
  })
}

async function addAdmin(db: Db, email: string, hashedPassword: string): Promise<string> {
  const userId = uuidv7()
  await db.query(sql`
    insert into users (tenant_id, user_id, email, hashed_password, role, created_at)
    values (${actor().tenantId}, ${userId}, ${email}, ${hashedPassword}, 'admin', ${clock.now()})`)
  return userId
}
