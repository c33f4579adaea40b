import * as z from 'zod'
import { isLiveTenant, tenantInactive } from '../../auth/authenticate.ts'
import { redeemOneTimeToken, tenantOfToken } from '../../auth/one-time-token.ts'
import { hashPassword } from '../../auth/password.ts'
import { NewPassword, passwordProblem } from '../../auth/password-rules.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { TokenPlace } from './refresh-cookie.ts'
import { type OpenedSession, openSession, Tokens, tokensOf } from './session.ts'

export const acceptInvitation = operation({
  name: 'accept_invitation',
  description: 'Sets the password of an invited user, by the token in the letter, and signs them in.',
  http: { method: 'post', path: '/api/auth/accept-invitation' },
  permission: 'public',
  input: z.object({ token: z.string().max(256), password: NewPassword, refresh_token_in: TokenPlace }).meta({
    examples: [
      {
        token: 'pp_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70_c2VjcmV0',
        password: 'correct horse battery staple',
      },
    ],
  }),
  output: Tokens,
  run: async ({ token, password, refresh_token_in }) => {
    const tenantId = tenantOfToken(token)
    if (tenantId === null) throw refused()
    const hashed = await hashPassword(password)
    return runAs(systemActor(tenantId, 'accept_invitation', actor().requestId), async () =>
      tokensOf(await accept({ token, password, hashed }), refresh_token_in),
    )
  },
})

const refused = (): AppError =>
  new AppError('UNAUTHENTICATED', 'This invitation is wrong, used or expired; ask an admin for another.')

type Acceptance = { token: string; password: string; hashed: string }

/** Signs in whose invitation it was. A refusal rolls back: the token stays good for when its tenant is live again. */
const accept = ({ token, password, hashed }: Acceptance): Promise<OpenedSession> =>
  transaction(async (db) => {
    const { tenantId } = actor()
    const redeemed = await redeemOneTimeToken(db, token, 'invitation')
    if (!redeemed) throw refused()
    const { userId } = redeemed
    const tenant = await db.one<{ status: string; company_name: string }>(
      sql`select status, company_name from tenants where id = ${tenantId}`,
    )
    if (!tenant || !isLiveTenant(tenant.status)) throw tenantInactive()
    const accepted = await db.one<{ email: string }>(sql`
      update users set hashed_password = ${hashed}, email_verified_at = ${clock.now()}
      where tenant_id = ${tenantId} and user_id = ${userId} and is_active and hashed_password is null returning email`)
    if (!accepted) throw refused()
    const problem = passwordProblem(password, { email: accepted.email, companyName: tenant.company_name })
    if (problem) throw fieldErrors({ password: [problem] })
    const data = { action: 'user.accepted_invitation', subject_id: userId, details: {} }
    await record(db, 'admin.action', { data, userId })
    const session = await openSession(db, userId)
    if (!session) throw refused()
    return session
  })
