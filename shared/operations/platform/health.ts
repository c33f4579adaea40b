import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { operation } from '../../operation.ts'
import { operate } from './operate.ts'

const HOUR_MS = 3_600_000
/** A due connection that nobody took for this long is late: the scheduler looks each minute. */
const LATE_MS = 5 * 60_000

const Health = z.object({
  connections: z.object({
    active: z.int(),
    due: z.int(),
    late: z.int().describe('Due for more than five minutes.'),
    needs_reauth: z.int(),
  }),
  outbox: z.object({
    waiting: z.int().describe('Messages that are not published yet.'),
    oldest_seconds: z.number().nullable().describe('Age of the oldest of them; null when there is none.'),
  }),
  requests: z.object({
    answered: z.int().describe('In the last hour, over all tenants.'),
    failed: z.int(),
    error_rate: z.number().nullable().describe('failed / answered; null when nobody asked.'),
  }),
})
type Row = {
  active: number
  due: number
  late: number
  needs_reauth: number
  waiting: number
  oldest_seconds: number | null
  answered: number
  failed: number
}

export const platformHealth = operation({
  name: 'get_platform_health',
  description: 'What is late, what waits to be published and how many requests fail, over all tenants.',
  http: { method: 'get', path: ['/api/admin/platform/health', '/mcp/admin/platform/health'] },
  permission: 'platform:manage',
  surfaces: ['http'],
  input: z.object({}),
  output: Health,
  run: async () => {
    const [row] = await operate({ action: 'platform.health_read' }, (db) => db.query<Row>(healthAt(clock.now())))
    const { active, due, late, needs_reauth, waiting, oldest_seconds, answered, failed } = row ?? EMPTY
    const error_rate = answered === 0 ? null : failed / answered
    return {
      connections: { active, due, late, needs_reauth },
      outbox: { waiting, oldest_seconds },
      requests: { answered, failed, error_rate },
    }
  },
})

const EMPTY: Row = {
  active: 0,
  due: 0,
  late: 0,
  needs_reauth: 0,
  waiting: 0,
  oldest_seconds: null,
  answered: 0,
  failed: 0,
}

/** The outbox is timed by the database's own clock. */
const healthAt = (now: Date) => sql`
  select c.*, o.*, r.* from
    (select count(*) filter (where i.status = 'active')::int as active,
      count(*) filter (where i.status = 'active' and i.next_due_at <= ${now}::timestamptz)::int as due,
      count(*) filter (where i.status = 'active' and i.next_due_at <= ${new Date(now.getTime() - LATE_MS)}::timestamptz)::int as late,
      count(*) filter (where i.status = 'needs_reauth')::int as needs_reauth
      from integrations i join tenants t on t.id = i.tenant_id and t.status in ('active', 'provisioning')) c,
    (select count(*)::int as waiting,
      extract(epoch from clock_timestamp() - min(created_at))::double precision as oldest_seconds from outbox) o,
    (select count(*) filter (where event_type = 'api.response')::int as answered,
      count(*) filter (where event_type = 'api.error')::int as failed from observability_events
      where class = 'telemetry' and "timestamp" >= ${new Date(now.getTime() - HOUR_MS)}::timestamptz) r`
