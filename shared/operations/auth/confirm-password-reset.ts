import * as z from 'zod'
import { isLiveTenant, tenantInactive } from '../../auth/authenticate.ts'
import { redeemOneTimeToken, tenantOfToken } from '../../auth/one-time-token.ts'
import { hashPassword } from '../../auth/password.ts'
import { NewPassword } from '../../auth/password-rules.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import type { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { setPassword } from './set-password.ts'

const EXAMPLE = `pp_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e71_${'c2VjcmV0'.repeat(6).slice(0, 43)}`

export const confirmPasswordReset = operation({
  name: 'confirm_password_reset',
  description:
    "Sets a new password by the token of a reset letter's link, once. All sessions of the user end, and so does a lock-out; sign in with the new password.",
  http: { method: 'post', path: '/api/auth/password-reset/confirm' },
  permission: 'public',
  input: z
    .object({ token: z.string().max(300), password: NewPassword })
    .meta({ examples: [{ token: EXAMPLE, password: 'correct horse battery staple' }] }),
  output: z.object({ password_set: z.literal(true) }).meta({ examples: [{ password_set: true }] }),
  run: async ({ token, password }) => {
    const tenantId = tenantOfToken(token)
    if (tenantId === null) throw notGood()
    const hashed = await hashPassword(password)
    await runAs(systemActor(tenantId, 'password-reset', actor().requestId), () =>
      transaction(async (db) => {
        const redeemed = await redeemOneTimeToken(db, token, 'password_reset')
        if (!redeemed) throw notGood()
        await requireLiveTenant(db)
        const { userId } = redeemed
        const wanted = { userId, password, hashed, field: 'password', how: 'reset', keptSession: null } as const
        if (!(await setPassword(db, wanted))) throw notGood()
      }),
    )
    return { password_set: true as const }
  },
})

async function requireLiveTenant(db: Db): Promise<void> {
  const tenant = await db.one<{ status: string }>(sql`select status from tenants where id = ${actor().tenantId}`)
  if (!isLiveTenant(tenant?.status ?? '')) throw tenantInactive()
}

const notGood = (): AppError =>
  fieldErrors({
    token: [
      'This link was used, is older than an hour or is not complete. Ask for a new one: POST /api/auth/password-reset.',
    ],
  })
