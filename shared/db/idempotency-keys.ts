import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { decrypt, encrypt, type KeyRing } from '../crypto.ts'
import { actor } from '../tenant.ts'
import { sql } from './sql.ts'
import { tenantKeys } from './tenant-keys.ts'
import { type Db, transaction } from './transaction.ts'

/** What was answered, to be answered again. Headers in order, as [name, value]. */
export type RememberedAnswer = { status: number; headers: [string, string][]; body: string }
/** The right to carry out the request of a key, with what is needed to remember its answer. */
export type Claim = { key: string; claimId: string; ring: KeyRing }
export type ClaimOutcome =
  | { state: 'claimed'; claim: Claim }
  | { state: 'done'; answer: RememberedAnswer }
  | { state: 'running' | 'other request' }

const KEPT_MS = 24 * 60 * 60 * 1000
/** No request lasts longer: a key that is still running then was left by a crash. */
const LONGEST_REQUEST_MS = 5 * 60 * 1000
const PURGED_AT_ONCE = 100

/** People and API keys each have keys of their own. */
const owner = (): string => {
  const { apiKeyId, userId } = actor()
  return apiKeyId === null ? `user:${userId}` : `key:${apiKeyId}`
}
const bindingOf = (claimId: string) => ({ tenantId: actor().tenantId, subject: claimId, field: 'idempotent_answer' })

/**
 * Takes a caller's key for a request, unless it is taken: then says what became of it. One of many who try at once gets it.
 * A key whose time is over is free, and so is one that a crash left running, for the same request.
 */
export function claimKey(key: string, requestHash: string): Promise<ClaimOutcome> {
  return transaction(async (db) => {
    const ring = await tenantKeys(db) // before anything happens: an answer that cannot be kept must not be earned
    const claimId = uuidv7()
    const [, claimed] = await Promise.all([purge(db), tryClaim(db, { key, requestHash, claimId })])
    if (claimed) return { state: 'claimed', claim: { key, claimId, ring } }
    return await found(db, { key, requestHash, ring })
  })
}

type Wanted = { key: string; requestHash: string; claimId: string }

async function tryClaim(db: Db, { key, requestHash, claimId }: Wanted): Promise<boolean> {
  const now = clock.now()
  const abandoned = new Date(now.getTime() - LONGEST_REQUEST_MS)
  const row = await db.one(sql`
    insert into idempotency_keys as k (tenant_id, actor, key, request_hash, claim_id, state, started_at, expires_at)
    values (${actor().tenantId}, ${owner()}, ${key}, ${requestHash}, ${claimId}, 'running', ${now},
      ${new Date(now.getTime() + KEPT_MS)})
    on conflict (tenant_id, actor, key) do update set request_hash = excluded.request_hash, claim_id = excluded.claim_id,
      state = 'running', answer_encrypted = null, status = null, started_at = excluded.started_at, expires_at = excluded.expires_at
    where k.expires_at <= ${now}
      or (k.state = 'running' and k.started_at <= ${abandoned} and k.request_hash = excluded.request_hash)
    returning claim_id`)
  return row !== null
}

type Row = { request_hash: string; claim_id: string; state: string; answer_encrypted: string | null; status: number }
type Known = { key: string; requestHash: string; ring: KeyRing }

async function found(db: Db, { key, requestHash, ring }: Known): Promise<ClaimOutcome> {
  const row = await db.one<Row>(sql`
    select request_hash, claim_id, state, answer_encrypted, status from idempotency_keys
    where tenant_id = ${actor().tenantId} and actor = ${owner()} and key = ${key}`)
  // Gone in this moment: its request has just failed, and the caller may try again.
  if (!row) return { state: 'running' }
  if (row.request_hash !== requestHash) return { state: 'other request' }
  if (row.answer_encrypted === null) return { state: 'running' }
  const plain = await decrypt(ring, row.answer_encrypted, bindingOf(row.claim_id))
  const kept = JSON.parse(Buffer.from(plain).toString('utf8')) as Omit<RememberedAnswer, 'status'> // keepAnswer wrote it
  return { state: 'done', answer: { status: row.status, ...kept } }
}

/** Remembers the answer, if the claim still holds the key. */
export async function keepAnswer({ key, claimId, ring }: Claim, answer: RememberedAnswer): Promise<void> {
  const { status, headers, body } = answer
  const sealed = await encrypt(ring, Buffer.from(JSON.stringify({ headers, body })), bindingOf(claimId))
  await transaction((db) =>
    db.query(sql`
      update idempotency_keys set state = 'done', status = ${status}, answer_encrypted = ${sealed}
      where tenant_id = ${actor().tenantId} and actor = ${owner()} and key = ${key} and claim_id = ${claimId}`),
  )
}

/** Gives the key back: its request did nothing. */
export async function freeKey({ key, claimId }: Claim): Promise<void> {
  await transaction((db) =>
    db.query(sql`
      delete from idempotency_keys
      where tenant_id = ${actor().tenantId} and actor = ${owner()} and key = ${key} and claim_id = ${claimId}`),
  )
}

/** Some of the tenant's keys whose time is over; those that others hold are theirs. */
const purge = (db: Db): Promise<unknown> =>
  db.query(sql`
    delete from idempotency_keys where tenant_id = ${actor().tenantId} and (actor, key) in (
      select actor, key from idempotency_keys where tenant_id = ${actor().tenantId} and expires_at <= ${clock.now()}
      order by expires_at limit ${PURGED_AT_ONCE} for update skip locked)`)
