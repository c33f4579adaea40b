import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'
import type { StoredCredentials } from './credentials.ts'

/** Renewed with every committed page. The database's clock decides, which all workers share. */
export const LEASE_SECONDS = 60
/** Mostly the holder is done long before its lease would end. */
const ASK_AGAIN_MS = 5_000

/** A connection taken for work. `fence` grows with every lease: a write with an older one is refused. */
export type Lease = StoredCredentials & {
  integration_id: string
  brand_id: string
  platform: string
  account_id: string
  time_zone: string
  fence: bigint
}

type Taken = { lease: Lease } | { askAgainAt: Date } | { gone: true }

/** Takes the connection if it is active and nobody works on it. */
export async function takeLease(db: Db, integrationId: string): Promise<Taken> {
  const { tenantId } = actor()
  const lease = await db.one<Lease>(sql`
    update integrations i
    set lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    from brands b
    where i.tenant_id = ${tenantId} and i.integration_id = ${integrationId} and i.status = 'active'
      and (i.lease_until is null or i.lease_until < clock_timestamp())
      and b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
    returning i.integration_id, i.brand_id, i.platform, i.account_id, i.access_token_encrypted, i.refresh_token_encrypted,
      i.lease_fence as fence, b.time_zone`)
  if (lease) return { lease }
  const held = await db.one<{ left_ms: number }>(sql`
    select extract(epoch from lease_until - clock_timestamp())::float8 * 1000 as left_ms from integrations
    where tenant_id = ${tenantId} and integration_id = ${integrationId} and status = 'active' and lease_until is not null`)
  // The database's clock says how long it is held at most; when that is, is asked of the product's.
  return held ? { askAgainAt: new Date(clock.now().getTime() + Math.min(held.left_ms, ASK_AGAIN_MS)) } : { gone: true }
}

/** First in every transaction of the holder: renews, and locks the row until commit. Throws LEASE_LOST when somebody else took over. */
export async function holdLease(db: Db, lease: Lease): Promise<void> {
  const { tenantId } = actor()
  const held = await db.one(sql`
    update integrations set lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where tenant_id = ${tenantId} and integration_id = ${lease.integration_id} and lease_fence = ${lease.fence}
    returning integration_id`)
  if (!held) throw new AppError('LEASE_LOST', 'Another worker took this connection over; its progress counts.')
}

/** Lets the connection go when nothing was done with it. */
export async function freeLease(db: Db, lease: Lease): Promise<void> {
  await db.query(sql`
    update integrations set lease_until = null
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id} and lease_fence = ${lease.fence}`)
}
