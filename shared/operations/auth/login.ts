import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { ACCESS_TOKEN_SECONDS } from '../../auth/access-token.ts'
import { isLiveTenant, tenantInactive } from '../../auth/authenticate.ts'
import { verifyPassword } from '../../auth/password.ts'
import { type LoginCandidate, resolveLogin } from '../../db/resolve.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { openSession } from './session.ts'

/** A refusal is answered at a multiple of this, so that the audit entry of a known e-mail does not show in the time. */
const REFUSAL_STEP_MS = 250

export const login = operation({
  name: 'login',
  description:
    'Exchanges e-mail and password for an access token. When the pair fits in several tenants, the answer is 409 TENANT_REQUIRED with their ids; send one of them along.',
  http: { method: 'post', path: ['/api/auth/login', '/api/v1/auth/login'] },
  permission: 'public',
  input: z
    .object({ email: z.email().max(254), password: z.string().min(1).max(256), tenant_id: z.uuid().optional() })
    .meta({ examples: [{ email: 'ana@example.com', password: 'correct horse battery staple' }] }),
  output: z
    .object({
      access_token: z.string().describe('JWT; send it as `Authorization: Bearer`.'),
      token_type: z.literal('Bearer'),
      expires_in: z.int().describe('Seconds.'),
      refresh_token: z.string().describe('Opaque; shown once.'),
    })
    .meta({
      examples: [
        {
          access_token: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.c2lnbmF0dXJl',
          token_type: 'Bearer',
          expires_in: ACCESS_TOKEN_SECONDS,
          refresh_token: 'pp_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70_c2VjcmV0',
        },
      ],
    }),
  run: async ({ email, password, tenant_id }) => {
    const startedAt = performance.now()
    const named = (await resolveLogin(email)).filter((user) => tenant_id === undefined || user.tenant_id === tenant_id)
    const matches = await matching(named, password)
    const live = matches.filter((user) => isLiveTenant(user.tenant_status))
    const [match, another] = live
    if (match && another) throw await tenantRequired(live)
    if (match) return within(match.tenant_id, () => openSession(match.user_id))
    if (matches.length > 0) throw tenantInactive()
    await Promise.all(named.map(recordFailure))
    await wait(REFUSAL_STEP_MS - ((performance.now() - startedAt) % REFUSAL_STEP_MS))
    throw new AppError('UNAUTHENTICATED', 'E-mail or password is wrong.')
  },
})

const within = <T>(tenantId: string, work: () => T): T => runAs(systemActor(tenantId, 'login', actor().requestId), work)

async function matching(users: readonly LoginCandidate[], password: string): Promise<LoginCandidate[]> {
  if (users.length === 0) await verifyPassword(password, null)
  const fits = await Promise.all(users.map((user) => verifyPassword(password, user.hashed_password)))
  return users.filter((_, index) => fits[index])
}

/** Names only the tenants whose password was given. */
async function tenantRequired(users: readonly LoginCandidate[]): Promise<AppError> {
  const tenants = await Promise.all(users.map(({ tenant_id }) => within(tenant_id, readTenant)))
  const details = { tenants: tenants.filter((tenant) => tenant !== null) }
  return new AppError('TENANT_REQUIRED', 'This sign-in fits several companies; say which by tenant_id.', { details })
}

const readTenant = (): Promise<{ tenant_id: string; company_name: string } | null> =>
  transaction((db) => db.one(sql`select id as tenant_id, company_name from tenants where id = ${actor().tenantId}`))

const recordFailure = ({ tenant_id, user_id }: LoginCandidate): Promise<string> =>
  within(tenant_id, () =>
    transaction((db) =>
      record(db, 'auth.failed', {
        data: { user_id, reason: 'wrong password' },
        userId: user_id,
        status: 'failure',
      }),
    ),
  )
