import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'
import type { StoredCredentials } from './credentials.ts'
import type { CallCeiling } from './quota.ts'

/** Renewed with every committed page. The database's clock decides, which all workers share. */
export const LEASE_SECONDS = 60
/** Mostly the holder is done long before its lease would end. */
const ASK_AGAIN_MS = 5_000
/** Cloud Tasks takes a delayed message once, by its name; an immediate one would multiply with every duplicate delivery. */
const AT_LEAST_MS = 1_000

/** A connection taken for work. `fence` grows with every lease: a write with an older one is refused. */
export type Lease = StoredCredentials & {
  integration_id: string
  brand_id: string
  platform: string
  account_id: string
  token_expires_at: Date | null
  currency: string
  time_zone: string
  /** The brand's setting for connections of this platform. */
  call_ceiling: CallCeiling | null
  reconciled_at: Date | null
  fence: bigint
}

type Taken = { lease: Lease } | { askAgainAt: Date } | { gone: true }
/** Who gives way takes nothing that another waits for. */
type Taking = { integrationId: string; runId: string; givesWay: boolean }

/** Takes the connection if it is active and nobody works on it. */
export async function takeLease(db: Db, { integrationId, runId, givesWay }: Taking): Promise<Taken> {
  const { tenantId } = actor()
  const lease = await db.one<Lease>(sql`
    update integrations i
    set lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
      lease_run_id = ${runId}, lease_wanted_until = null
    from brands b
    where i.tenant_id = ${tenantId} and i.integration_id = ${integrationId} and i.status = 'active'
      and (i.lease_until is null or i.lease_until < clock_timestamp())
      and (not ${givesWay} or i.lease_wanted_until is null or i.lease_wanted_until < clock_timestamp())
      and b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
    returning i.integration_id, i.brand_id, i.platform, i.account_id, i.access_token_encrypted, i.refresh_token_encrypted, i.token_expires_at, i.reconciled_at,
      i.lease_fence as fence, b.currency, b.time_zone,
      (select s.value -> i.platform from brand_settings s
        where s.tenant_id = i.tenant_id and s.brand_id = i.brand_id and s.name = 'call_ceilings') as call_ceiling`)
  if (lease) return { lease }
  if (!givesWay) await wantLease(db, [integrationId])
  const held = await db.one<{ left_ms: number }>(sql`
    select coalesce(extract(epoch from case when ${givesWay} then greatest(lease_until, lease_wanted_until) else lease_until end
      - clock_timestamp())::float8 * 1000, 0) as left_ms
    from integrations where tenant_id = ${tenantId} and integration_id = ${integrationId} and status = 'active'`)
  if (!held) return { gone: true }
  // The database's clock says how long it is held at most; when that is, is asked of the product's.
  const waitMs = Math.max(AT_LEAST_MS, Math.min(held.left_ms, ASK_AGAIN_MS))
  return { askAgainAt: new Date(clock.now().getTime() + waitMs) }
}

/** A sync waits for these connections: a backfill that holds one gives it back at its next commit and takes none of them. */
export async function wantLease(db: Db, integrationIds: readonly string[]): Promise<void> {
  await db.query(sql`
    update integrations set lease_wanted_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where tenant_id = ${actor().tenantId} and integration_id = any(${integrationIds}::uuid[]) and status = 'active'`)
}

/**
 * First in every transaction of the holder: renews, and locks the row until commit. `wanted` tells that a sync waits for
 * it. Throws LEASE_LOST when somebody else took over, or the connection or its run was stopped.
 */
export async function holdLease(db: Db, lease: Lease): Promise<{ wanted: boolean }> {
  const { tenantId } = actor()
  const held = await db.one<{ wanted: boolean }>(sql`
    update integrations set lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where tenant_id = ${tenantId} and integration_id = ${lease.integration_id} and status = 'active' and lease_fence = ${lease.fence}
    returning coalesce(lease_wanted_until > clock_timestamp(), false) as wanted`)
  if (!held)
    throw new AppError(
      'LEASE_LOST',
      'Another worker took this connection over, or it was stopped; its progress counts.',
    )
  return held
}

/** Lets the connection go when nothing was done with it. */
export async function freeLease(db: Db, lease: Lease): Promise<void> {
  await db.query(sql`
    update integrations set lease_until = null
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id} and lease_fence = ${lease.fence}`)
}

/**
 * Locks the connection, waiting for a commit that is under way, and takes the lease from this run, or from whoever holds
 * it: each later commit of the holder is refused and the connection is free at once.
 */
export async function revokeLease(db: Db, integrationId: string, runId?: string): Promise<void> {
  const isMeant = sql`(${runId ?? null}::uuid is null or lease_run_id = ${runId ?? null}::uuid)`
  await db.query(sql`
    update integrations
    set lease_fence = lease_fence + case when ${isMeant} then 1 else 0 end,
      lease_until = case when ${isMeant} then null else lease_until end
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId}`)
}
