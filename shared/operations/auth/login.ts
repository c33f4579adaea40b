import * as z from 'zod'
import { maySignIn, tenantInactive } from '../../auth/authenticate.ts'
import { untilNextStep } from '../../auth/even-time.ts'
import { countFailure, isLocked } from '../../auth/lock-out.ts'
import { verifyPassword } from '../../auth/password.ts'
import { type LoginCandidate, resolveLogin } from '../../db/resolve.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { lookedAt } from './namesakes.ts'
import { TokenPlace } from './refresh-cookie.ts'
import { type OpenedSession, openSession, Tokens, tokensOf } from './session.ts'

/** A refusal is answered at a multiple of this, so that the audit entry of a known e-mail does not show in the time. */
const REFUSAL_STEP_MS = 250

export const login = operation({
  name: 'login',
  description:
    'Exchanges e-mail and password for an access token. When the pair fits in several tenants, the answer is 409 TENANT_REQUIRED with their ids; send one of them along. After ten wrong passwords within 15 minutes a user is refused for 15 minutes; a password reset ends that.',
  http: { method: 'post', path: ['/api/auth/login', '/api/v1/auth/login'] },
  permission: 'public',
  input: z
    .object({
      email: z.email().max(254),
      password: z.string().min(1).max(256),
      tenant_id: z.uuid().optional(),
      refresh_token_in: TokenPlace,
    })
    .meta({ examples: [{ email: 'ana@example.com', password: 'correct horse battery staple' }] }),
  output: Tokens,
  run: async ({ email, password, tenant_id, refresh_token_in }) => {
    const startedAtMs = performance.now()
    const users = await resolveLogin(email)
    const named = lookedAt(users.filter((user) => tenant_id === undefined || user.tenant_id === tenant_id))
    const matches = await matching(named, password)
    const live = matches.filter((user) => maySignIn(user.tenant_status))
    const [match, another] = live
    if (match && another) throw await tenantRequired(live)
    const session = match && (await open(match))
    if (session) return tokensOf(session, refresh_token_in)
    if (matches.length > 0 && !match) throw tenantInactive()
    await Promise.all(named.map(recordFailure))
    await untilNextStep(startedAtMs, REFUSAL_STEP_MS)
    throw new AppError('UNAUTHENTICATED', 'E-mail or password is wrong.')
  },
})

const within = <T>(tenantId: string, work: () => T): T => runAs(systemActor(tenantId, 'login', actor().requestId), work)

/** Whom the password fits and who is not locked out; a locked user costs what a wrong password costs. */
async function matching(users: readonly LoginCandidate[], password: string): Promise<LoginCandidate[]> {
  if (users.length === 0) await verifyPassword(password, null)
  const fits = await Promise.all(
    users.map(async ({ tenant_id, user_id, hashed_password }) => {
      const locked = await within(tenant_id, () => transaction((db) => isLocked(db, user_id)))
      return (await verifyPassword(password, hashed_password)) && !locked
    }),
  )
  return users.filter((_, index) => fits[index])
}

/** null when a lock or a deactivation came in between. */
const open = ({ tenant_id, user_id }: LoginCandidate): Promise<OpenedSession | null> =>
  within(tenant_id, () => transaction((db) => openSession(db, user_id)))

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
    transaction(async (db) => {
      await countFailure(db, user_id)
      return record(db, 'auth.failed', {
        data: { user_id, reason: 'wrong password' },
        userId: user_id,
        status: 'failure',
      })
    }),
  )
