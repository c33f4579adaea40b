import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'
import { isSameHash, newSecretToken, readSecretToken } from './secret-token.ts'

export type TokenPurpose = 'password_reset' | 'invitation'

type Wanted = { userId: string; purpose: TokenPurpose; livesMs: number }

/** A token for a letter to a user of the actor's tenant. Only its hash is kept; earlier ones stay good until one is redeemed. */
export async function newOneTimeToken(db: Db, { userId, purpose, livesMs }: Wanted): Promise<string> {
  const { tenantId } = actor()
  const id = uuidv7()
  const { token, hash } = newSecretToken({ tenantId, id })
  const now = clock.now()
  await db.query(sql`
    insert into one_time_tokens (tenant_id, token_id, user_id, purpose, secret_hash, created_at, expires_at)
    values (${tenantId}, ${id}, ${userId}, ${purpose}, ${hash}, ${now}, ${new Date(now.getTime() + livesMs)})`)
  return token
}

/**
 * Whom the token stands for; with it go all tokens of that user for the same purpose. Of two at once one succeeds. null when
 * it is of another tenant or purpose, used, expired or made up. A rollback leaves it as it was.
 */
export async function redeemOneTimeToken(
  db: Db,
  token: string,
  purpose: TokenPurpose,
): Promise<{ userId: string } | null> {
  const { tenantId } = actor()
  const given = readSecretToken(token)
  if (given?.tenantId !== tenantId) return null
  const stored = await db.one<{ user_id: string; secret_hash: string }>(sql`
    select user_id, secret_hash from one_time_tokens
    where tenant_id = ${tenantId} and token_id = ${given.id} and purpose = ${purpose} and expires_at > ${clock.now()}`)
  if (!stored || !isSameHash(stored.secret_hash, given.hash)) return null
  // Who deletes it has it: another who read it at the same moment waits here and finds it gone.
  const taken = await forgetOneTimeTokens(db, stored.user_id, purpose)
  return taken.some(({ token_id }) => token_id === given.id) ? { userId: stored.user_id } : null
}

/** No letter that was sent to the user for this purpose is worth anything from now on. */
export const forgetOneTimeTokens = (db: Db, userId: string, purpose: TokenPurpose): Promise<{ token_id: string }[]> =>
  db.query(sql`
    delete from one_time_tokens where tenant_id = ${actor().tenantId} and user_id = ${userId} and purpose = ${purpose}
    returning token_id`)

/** The tenant on whose behalf the token must be redeemed; null for what is no token. */
export const tenantOfToken = (token: string): string | null => readSecretToken(token)?.tenantId ?? null
