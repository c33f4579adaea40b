import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { decrypt, encrypt } from '../crypto.ts'
import { sql } from '../db/sql.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'

/** How long a person may take at the provider. */
export const STATE_SECONDS = 600
/** Kept this much longer, so that a late or repeated callback is told what it is. */
const KEPT_MS = 24 * 3_600_000
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const STATE = new RegExp(`^(${UUID})_(${UUID})_([A-Za-z0-9_-]{43})$`)

/** A round trip as it was begun. */
export type RoundTrip = {
  state_id: string
  user_id: string
  brand_id: string
  platform: string
  shop: string | null
  account_id: string | null
  verifier: string | null
  cookie_hash: string
  expires_at: Date
  used_at: Date | null
}
type Beginning = {
  userId: string
  brandId: string
  platform: string
  shop: string | null
  accountId: string | null
  pkce: boolean
}
type Begun = { state: string; verifier: string | null; cookie: { name: string; value: string }; expiresAt: Date }

/** Begins a round trip for the actor's tenant: the state for the provider, and the cookie that binds the browser. */
export async function beginRoundTrip(db: Db, begin: Beginning): Promise<Begun> {
  const { tenantId } = actor()
  const [stateId, secret, cookie] = [uuidv7(), randomText(), randomText()]
  const verifier = begin.pkce ? randomText() : null
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + STATE_SECONDS * 1000)
  const sealed =
    verifier === null ? null : await encrypt(await tenantKeys(db), Buffer.from(verifier), bindingOf(stateId))
  await db.query(sql`
    delete from oauth_states where tenant_id = ${tenantId} and expires_at < ${new Date(now.getTime() - KEPT_MS)}`)
  await db.query(sql`
    insert into oauth_states (tenant_id, state_id, secret_hash, cookie_hash, user_id, brand_id, platform, shop, account_id,
      verifier_encrypted, created_at, expires_at)
    values (${tenantId}, ${stateId}, ${hashOf(secret)}, ${hashOf(cookie)}, ${begin.userId}, ${begin.brandId}, ${begin.platform},
      ${begin.shop}, ${begin.accountId}, ${sealed}, ${now}, ${expiresAt})`)
  const state = `${tenantId}_${stateId}_${secret}`
  return { state, verifier, cookie: { name: cookieNameOf(stateId), value: cookie }, expiresAt }
}

export type NamedState = { tenantId: string; stateId: string; secret: string }

/** A state names its tenant, so that nothing needs to be known before; null for any other text. */
export function parseState(text: string): NamedState | null {
  const [, tenantId, stateId, secret] = STATE.exec(text) ?? []
  return tenantId && stateId && secret ? { tenantId, stateId, secret } : null
}

/** The round trip behind a state of the actor's tenant; null when there is none or the secret is not its own. */
export async function readRoundTrip(db: Db, { stateId, secret }: NamedState): Promise<RoundTrip | null> {
  const row = await db.one<RoundTrip & { secret_hash: string; verifier_encrypted: string | null }>(sql`
    select state_id, secret_hash, cookie_hash, user_id, brand_id, platform, shop, account_id, verifier_encrypted, expires_at, used_at
    from oauth_states where tenant_id = ${actor().tenantId} and state_id = ${stateId}`)
  if (!row || !isHashOf(row.secret_hash, secret)) return null
  const { secret_hash: _, verifier_encrypted: sealed, ...found } = row
  const verifier =
    sealed === null ? null : Buffer.from(await decrypt(await tenantKeys(db), sealed, bindingOf(stateId))).toString()
  return { ...found, verifier }
}

/** Uses the state up. False when it was: of two at once, one wins. */
export async function spendState(db: Db, stateId: string): Promise<boolean> {
  const spent = await db.one(sql`
    update oauth_states set used_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and state_id = ${stateId} and used_at is null
    returning state_id`)
  return spent !== null
}

/** A cookie a round trip, so that two tabs do not disturb each other. `__Host-` keeps other hosts from setting it. */
export const cookieNameOf = (stateId: string): string =>
  `${config('PUBLIC_URL').startsWith('https:') ? '__Host-' : ''}pp_oauth_${stateId}`

/** In constant time. */
export function isHashOf(hash: string, text: string): boolean {
  const [kept, given] = [Buffer.from(hash), Buffer.from(hashOf(text))]
  return kept.length === given.length && timingSafeEqual(kept, given)
}

const randomText = (): string => randomBytes(32).toString('base64url')
/** 256 random bits need no slow hash. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
const bindingOf = (stateId: string) => ({ tenantId: actor().tenantId, subject: stateId, field: 'pkce_verifier' })
