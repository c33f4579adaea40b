import { LRUCache } from 'lru-cache'
import { atMost } from '../at-most.ts'
import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
import { logError } from '../log.ts'
import { runAs, systemActor, type Tier } from '../tenant.ts'
import type { KeyScope } from './api-key.ts'
import { authorityCache } from './authority-cache.ts'
import { isSameHash, type SecretToken } from './secret-token.ts'

const MINUTE_MS = 60_000
const USES_KEPT = 10_000

type Stored = { secret_hash: string; scopes: KeyScope[]; is_live: boolean; tenant_status: string; tier: Tier }
export type KeyStanding = Omit<Stored, 'secret_hash' | 'is_live'>

const standings = authorityCache<Stored>()
const recentlyUsed = new LRUCache<string, true>({
  ...atMost(USES_KEPT),
  ttl: MINUTE_MS,
  ttlResolution: 0,
  perf: { now: () => performance.now() },
})

const cacheKey = ({ tenantId, id }: Omit<SecretToken, 'hash'>): string => `api-key:tenant:${tenantId}:${id}`

/** What a live key with this very secret may do, as it was at most 15 s ago; null for every other. */
export async function keyStanding(key: SecretToken, requestId: string): Promise<KeyStanding | null> {
  const found = await standings.read(cacheKey(key), () => within(key, requestId, () => readKey(key)))
  return found?.is_live && isSameHash(key.hash, found.secret_hash) ? found : null
}

/** This instance asks again about the key. */
export const forgetKey = (tenantId: string, apiKeyId: string): void =>
  standings.forget((key) => key === cacheKey({ tenantId, id: apiKeyId }))

/** Notes at most once a minute that the key was used. Nobody waits for it, and its failure is nobody's. */
export function noteKeyUse(key: SecretToken, requestId: string): void {
  if (recentlyUsed.has(cacheKey(key))) return
  recentlyUsed.set(cacheKey(key), true)
  within(key, requestId, () => writeUse(key)).catch((error: unknown) =>
    logError('The use of an API key could not be noted; it is tried again in a minute.', error),
  )
}

const within = <T>({ tenantId }: SecretToken, requestId: string, work: () => T): T =>
  runAs(systemActor(tenantId, 'authenticate', requestId), work)

const readKey = ({ tenantId, id }: SecretToken): Promise<Stored | null> =>
  transaction((db) =>
    db.one<Stored>(sql`
      select k.secret_hash, k.scopes, t.status as tenant_status, t.subscription_tier as tier,
        k.revoked_at is null and (k.expires_at is null or k.expires_at > ${clock.now()}::timestamptz) as is_live
      from api_keys k join tenants t on t.id = k.tenant_id
      where k.tenant_id = ${tenantId} and k.api_key_id = ${id}`),
  )

/** A row that another instance or a revocation holds is left alone: a connection is worth more than the note. */
const writeUse = ({ tenantId, id }: SecretToken): Promise<unknown> =>
  transaction((db) => {
    const now = clock.now()
    const aMinuteAgo = new Date(now.getTime() - MINUTE_MS)
    return db.query(sql`
      update api_keys set last_used_at = ${now}
      where tenant_id = ${tenantId} and api_key_id = (
        select api_key_id from api_keys
        where tenant_id = ${tenantId} and api_key_id = ${id}
          and (last_used_at is null or last_used_at <= ${aMinuteAgo}::timestamptz)
        for no key update skip locked)`)
  })
