import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import { isOpen } from '../alerts.ts'
import { counted } from '../counted.ts'
import type { Rule, Verdict } from '../rule.ts'
import { lastMinutes } from '../span.ts'

const CAUSE = 'failed_logins'
const WINDOW_MINUTES = 15

/** Somebody guesses passwords of this tenant's users. */
export const failedLogins: Rule = {
  rule: 'failed_logins',
  on: {
    'auth.failed': judge,
    'auth.login': judgeIfOpen,
    'data.sync_completed': judgeIfOpen,
  },
}

type Told = { occurredAt: string }
type Limit = { threshold: number | null }

async function judgeIfOpen(db: Db, event: Told, settings: Limit): Promise<readonly Verdict[]> {
  return (await isOpen(db, CAUSE)) ? judge(db, event, settings) : []
}

type Counts = { failures: number; users: number }

/** Half of the limit clears. The facts are counted, so one that comes twice counts once. */
async function judge(db: Db, { occurredAt }: Told, { threshold }: Limit): Promise<readonly Verdict[]> {
  const span = lastMinutes(WINDOW_MINUTES, [occurredAt])
  if (!span) return []
  const limit = threshold ?? 0
  const { failures, users } = (await db.one<Counts>(sql`
    select count(*)::int as failures, count(distinct metadata ->> 'user_id')::int as users from observability_events
    where tenant_id = ${actor().tenantId} and class = 'fact' and event_type = 'auth.failed'
      and "timestamp" > ${span.since} and "timestamp" <= ${span.until}`)) ?? {
    failures: 0,
    users: 0,
  }
  if (failures * 2 < limit) return [{ clear: CAUSE }]
  if (failures <= limit) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `${failures} sign-ins failed within ${WINDOW_MINUTES} minutes`,
      message:
        `${failures} sign-ins of ${counted(users, 'user')} failed in the last ${WINDOW_MINUTES} minutes; the limit is ${limit}. Somebody may be ` +
        `guessing passwords. Users are locked for a while after repeated failures by themselves. Look in the audit log who is ` +
        `concerned, ask them, and have them choose a new password if it was not them.`,
      details: { window_minutes: WINDOW_MINUTES, failures, users },
    },
  ]
}
