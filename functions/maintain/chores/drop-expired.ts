import { clock } from '../../../shared/clock.ts'
import { type Sql, sql, trusted } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

/** By table: when a row was last good for anything, and how many days after that it goes. */
const EXPIRED: Readonly<Record<string, { column: string; days: number }>> = {
  // A stolen token that comes late must still be known as one of this session.
  sessions: { column: 'expires_at', days: 7 },
  one_time_tokens: { column: 'expires_at', days: 7 },
  oauth_states: { column: 'expires_at', days: 1 },
  idempotency_keys: { column: 'expires_at', days: 0 },
  n8n_secrets: { column: 'expires_at', days: 0 },
  // Longer than anybody delivers the same thing again.
  webhook_receipts: { column: 'received_at', days: 30 },
  webhook_deliveries: { column: 'updated_at', days: 90 },
  tenant_days: { column: 'day', days: 90 },
  // As long as the audit shows their facts.
  audit_words: { column: 'recorded_at', days: 90 },
}
const ROWS_A_STATEMENT = 5_000

/** Rows that nobody can use any more: sessions, tokens, remembered answers, receipts. */
export const dropExpired: Chore = {
  name: 'drop-expired',
  run: (deadline) => forEachTenant(deadline, () => dropOfTenant(deadline), { of: 'all' }),
}

/** What the deadline leaves goes tomorrow. */
async function dropOfTenant(deadline: number): Promise<void> {
  for (const [table, { column, days }] of Object.entries(EXPIRED)) {
    const some = expiredOf(
      table,
      sql`${trusted(column)} < ${clock.now()}::timestamptz - make_interval(days => ${days}::int)`,
    )
    for (let dropped = ROWS_A_STATEMENT; dropped === ROWS_A_STATEMENT && Date.now() < deadline; ) {
      dropped = (await transaction((db) => db.query(some))).length
    }
  }
}

function expiredOf(table: string, isExpired: Sql): Sql {
  const { tenantId } = actor()
  return sql`
    delete from ${trusted(table)} where tenant_id = ${tenantId}
      and ctid = any(array(select ctid from ${trusted(table)} where tenant_id = ${tenantId} and ${isExpired} limit ${ROWS_A_STATEMENT}))
    returning tenant_id`
}
