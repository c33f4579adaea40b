import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Rule, Verdict } from '../rule.ts'
import { lastMinutes, type Span } from '../span.ts'

const PREFIX = 'unusual_access:'
const WINDOW_MINUTES = 10

/** One person reads far more of the brands' data than anybody does by hand. */
export const unusualAccess: Rule = {
  rule: 'unusual_access',
  on: { 'telemetry.batch': judge },
}

type Reader = { user_id: string; reads: number; email: string | null }

async function judge(
  db: Db,
  { data }: ReceivedEvent<'telemetry.batch'>,
  { threshold }: { threshold: number | null },
): Promise<readonly Verdict[]> {
  const seen = data.events.flatMap(({ event_type, user_id }) => (event_type === 'data.accessed' ? (user_id ?? []) : []))
  const span = lastMinutes(
    WINDOW_MINUTES,
    data.events.map(({ timestamp }) => timestamp),
  )
  if (!span) return []
  const suspects = [...new Set([...seen, ...(await openOnes(db))])]
  if (suspects.length === 0) return []
  const limit = threshold ?? 0
  return (await readsOf(db, suspects, span)).flatMap((reader) => verdictOn(reader, limit))
}

async function openOnes(db: Db): Promise<string[]> {
  const rows = await db.query<{ user_id: string }>(sql`
    select substr(cause, ${PREFIX.length + 1}) as user_id from alerts
    where tenant_id = ${actor().tenantId} and starts_with(cause, ${PREFIX}) and status <> 'resolved'`)
  return rows.map(({ user_id }) => user_id)
}

const readsOf = (db: Db, users: readonly string[], { since, until }: Span): Promise<Reader[]> =>
  db.query<Reader>(sql`
    select s.user_id, count(e.event_id)::int as reads, min(u.email) as email
    from unnest(${users}::uuid[]) as s (user_id)
      left join observability_events e on e.tenant_id = ${actor().tenantId} and e.class = 'telemetry'
        and e.event_type = 'data.accessed' and e."timestamp" > ${since} and e."timestamp" <= ${until}
        and e.user_id = s.user_id
      left join users u on u.tenant_id = ${actor().tenantId} and u.user_id = s.user_id
    group by s.user_id order by s.user_id`)

/** Half of the limit clears. */
function verdictOn({ user_id, reads, email }: Reader, limit: number): Verdict[] {
  const cause = PREFIX + user_id
  if (reads * 2 < limit) return [{ clear: cause }]
  if (reads <= limit) return []
  return [
    {
      raise: cause,
      brandId: null,
      title: `Unusually many reads by ${email ?? 'a deleted user'}`,
      message:
        `${reads} reads of brands' data in ${WINDOW_MINUTES} minutes; the limit is ${limit}. A script may be using this person's session, ` +
        `or somebody copies data out. Ask them; if it was not them, end their sessions under Users and have them choose a ` +
        `new password. Scripts belong to an API key of their own.`,
      details: { user_id, window_minutes: WINDOW_MINUTES, reads },
    },
  ]
}
