import * as z from 'zod'
import { isLiveTenant } from '../../auth/authenticate.ts'
import { untilNextStep } from '../../auth/even-time.ts'
import { requestLetter } from '../../auth/letters.ts'
import { newOneTimeToken } from '../../auth/one-time-token.ts'
import { clock } from '../../clock.ts'
import { config } from '../../config.ts'
import { type LoginCandidate, resolveLogin } from '../../db/resolve.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { logError } from '../../log.ts'
import { operation } from '../../operation.ts'
import { actor, runAs, systemActor } from '../../tenant.ts'
import { lookedAt } from './namesakes.ts'

const HOUR_MS = 3_600_000
/** Links of one user that are good at the same time: nobody fills another's mailbox. */
const MOST_LINKS = 5
/** Every answer leaves at a multiple of this: writing letters takes less, and does not show. */
const ANSWER_STEP_MS = 500
const ANSWER =
  'If somebody signs in with this address, a letter with a link is on its way; the link is good for an hour.'

export const requestPasswordReset = operation({
  name: 'request_password_reset',
  description:
    'Sends a letter with a link for a new password, one for each company where this e-mail signs in. The answer is the same whether there is such a user.',
  http: { method: 'post', path: '/api/auth/password-reset', status: 202 },
  permission: 'public',
  input: z.object({ email: z.email().max(254) }).meta({ examples: [{ email: 'ana@example.com' }] }),
  output: z.object({ message: z.string() }).meta({ examples: [{ message: ANSWER }] }),
  run: async ({ email }) => {
    const startedAtMs = performance.now()
    const users = await resolveLogin(email)
    const live = lookedAt(users.filter((user) => isLiveTenant(user.tenant_status)))
    await Promise.all(live.map(sendLink))
    await untilNextStep(startedAtMs, ANSWER_STEP_MS)
    return { message: ANSWER }
  },
})

/** A failure is ours to see, not the caller's: it would tell that the user exists. */
async function sendLink({ tenant_id, user_id }: LoginCandidate): Promise<void> {
  const system = systemActor(tenant_id, 'password-reset', actor().requestId)
  try {
    await runAs(system, () => transaction((db) => writeLetter(db, user_id)))
  } catch (error) {
    logError('A letter for a password reset could not be requested.', error, { tenant_id, user_id })
  }
}

async function writeLetter(db: Db, userId: string): Promise<void> {
  const { tenantId } = actor()
  // Locked, so that requests at the same time are counted one by one.
  await db.query(sql`select from users where tenant_id = ${tenantId} and user_id = ${userId} for no key update`)
  const links = await db.query(sql`
    select token_id from one_time_tokens
    where tenant_id = ${tenantId} and user_id = ${userId} and purpose = 'password_reset'
      and created_at > ${new Date(clock.now().getTime() - HOUR_MS)}`)
  if (links.length >= MOST_LINKS) return
  const token = await newOneTimeToken(db, { userId, purpose: 'password_reset', livesMs: HOUR_MS })
  // After the #, where no server and no log sees it.
  const link = new URL(`/reset-password#token=${token}`, config('DASHBOARD_URL')).href
  await requestLetter(db, { userId, template: 'password_reset', link })
}
