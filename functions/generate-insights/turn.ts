import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { actor } from '../../shared/tenant.ts'

const HOUR_MS = 3_600_000

/** Whether it is the brand's turn; then it is taken, until the transaction ends. At most one an hour, never two at once. */
export async function takeTurn(db: Db, brandId: string): Promise<boolean> {
  const { tenantId } = actor()
  const lock = await db.one<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`insights:${tenantId}:${brandId}`}, 0)) as held`,
  )
  if (!lock?.held) return false
  const now = clock.now()
  const taken = await db.one(sql`
    insert into insight_runs (tenant_id, brand_id, last_run_at)
    select tenant_id, brand_id, ${now}::timestamptz from brands where tenant_id = ${tenantId} and brand_id = ${brandId}
    on conflict (tenant_id, brand_id) do update set last_run_at = excluded.last_run_at
    where insight_runs.last_run_at <= ${new Date(now.getTime() - HOUR_MS)}::timestamptz
    returning brand_id`)
  return taken !== null
}
