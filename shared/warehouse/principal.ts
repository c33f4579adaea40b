import { LRUCache } from 'lru-cache'
import { bigQueryAs } from '../cloud/bigquery.ts'
import { secret } from '../cloud/secrets.ts'
import { config } from '../config.ts'
import { type KeyRing, parseKeyRing, signAssertion } from '../crypto.ts'

/** What infra's pool takes as audience. */
export const AUDIENCE = 'pulsepoint-warehouse'
const LIFETIME_S = 300
/** Clients of tenants that have read lately, each with a token that lasts for an hour. */
const MAX_READERS = 500

/** Whose public halves Google reads at our well-known address (secret WAREHOUSE_KEYS, two live). Throws CONFIG_INVALID, UNAVAILABLE. */
export const warehouseKeys = async (): Promise<KeyRing> =>
  parseKeyRing(await secret('WAREHOUSE_KEYS'), 'WAREHOUSE_KEYS')

type Reader = ReturnType<typeof bigQueryAs>
const readers = new LRUCache<string, Reader>({ max: MAX_READERS })

/** BigQuery as the tenant's own principal, which may read its own dataset and nothing else: a mistake of ours reads nobody else's. */
export function readerOf(tenantId: string): Reader {
  const known = readers.get(tenantId)
  if (known) return known
  const reader = bigQueryAs(() => assertionOf(tenantId))
  readers.set(tenantId, reader)
  return reader
}

/** Google compares with its own clock, not with the product's movable one. */
async function assertionOf(tenantId: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: config('PUBLIC_URL'), aud: AUDIENCE, sub: tenantId, iat, exp: iat + LIFETIME_S }
  return signAssertion(await warehouseKeys(), claims)
}
