import { type RuleName, ruleDefinition } from '../../shared/alerts/rules.ts'
import { type RuleSettings, speaks } from '../../shared/alerts/settings.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'
import { actor } from '../../shared/tenant.ts'

const UNATTENDED_MINUTES = 30

type Unattended = { alert_id: string; brand_id: string | null; rule: RuleName; cause: string; title: string }

/**
 * Tells a critical alert once more that nobody took on for half an hour. Looked at with each event of the tenant, of which
 * there are some every hour as long as anything is connected: no timer is to be lost.
 */
export async function escalate(db: Db, settings: ReadonlyMap<string, RuleSettings>): Promise<void> {
  const now = clock.now()
  const loud = [...settings].filter(([, rule]) => speaks(rule)).map(([name]) => name)
  const unattended = await db.query<Unattended>(sql`
    update alerts set escalated_at = ${now}
    where tenant_id = ${actor().tenantId} and status = 'open' and escalated_at is null and severity = 'critical'
      and raised_at <= ${now}::timestamptz - make_interval(mins => ${UNATTENDED_MINUTES}::int) and rule = any(${loud}::text[])
    returning alert_id, brand_id, rule, cause, title`)
  for (const { brand_id, ...alert } of unattended) {
    const data = { ...alert, severity: ruleDefinition(alert.rule).severity }
    await record(db, 'alert.escalated', { data, key: alert.alert_id, ...(brand_id !== null && { brandId: brand_id }) })
  }
}
