import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { isStopping } from '../../../shared/serve.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import type { WarehouseRow } from '../../../shared/warehouse/tables.ts'
import type { Chore } from '../chore.ts'

const ROWS_AT_ONCE = 2_000

/** Takes the tenants' days to the platform's warehouse. What is told again after a stop is the same version, which counts once. */
export const tellDays: Chore = {
  name: 'tell-days',
  run: async (deadline) => {
    await provisionTenant(PLATFORM_TENANT_ID)
    let told = 0
    for (let some = ROWS_AT_ONCE; some === ROWS_AT_ONCE && !isStopping() && Date.now() < deadline; told += some)
      some = await tellSome()
    return { told }
  },
}

async function tellSome(): Promise<number> {
  const rows = await transaction(
    (db) =>
      db.query<WarehouseRow<'tenant_days'>>(sql`
        select day, tenant_id, requests, errors, p50_ms, p95_ms, p99_ms, questions, ratings, accurate, tokens, round(cost_usd, 9) as cost_usd,
          syncs_ok, syncs_failed, oldest_data_s, version
        from tenant_days where told_at is null order by day, tenant_id limit ${ROWS_AT_ONCE}`),
    { role: 'pulsepoint_operator' },
  )
  if (rows.length === 0) return 0
  // A row that BigQuery refuses is in the log with its reason; it must not hold up the others.
  await insertRows(PLATFORM_TENANT_ID, 'tenant_days', rows)
  const sent = JSON.stringify(rows.map(({ day, tenant_id, version }) => ({ day, tenant_id, version: String(version) })))
  await transaction(
    (db) =>
      db.query(sql`
        update tenant_days d set told_at = ${clock.now()}
        from jsonb_to_recordset(${sent}::jsonb) as s (day date, tenant_id uuid, version bigint)
        where d.tenant_id = s.tenant_id and d.day = s.day and d.version = s.version`),
    { role: 'pulsepoint_operator' },
  )
  return rows.length
}
