import { z } from 'zod'
import { sql } from '../../db/sql.ts'
import { operation } from '../../operation.ts'
import { cost } from '../admin/cost.ts'
import { DaysInput, daysOf } from '../admin/days.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Day, Money } from '../wire.ts'
import { operate } from './operate.ts'

/** Read from the events themselves, of every tenant: kept short. */
const MAX_DAYS = 31
const TenantDay = z.object({
  day: Day.describe('UTC.'),
  tenant_id: z.uuid(),
  company_name: z.string(),
  requests: z.int().describe('Counted while telemetry is kept.'),
  errors: z.int().describe('Requests that failed by our fault.'),
  tokens: z.int(),
  cost: Money,
})
type Row = Omit<z.output<typeof TenantDay>, 'tokens' | 'cost'> & { tokens: bigint; cost_usd: string }
const Key = z.tuple([Day, z.uuid()])

export const platformUsage = operation({
  name: 'get_platform_usage',
  description: 'Requests, errors, tokens and cost by day and tenant, newest day first; at most 31 days.',
  http: { method: 'get', path: ['/api/admin/platform/usage', '/mcp/admin/platform/usage'] },
  permission: 'platform:manage',
  surfaces: ['http'],
  input: PageInput.extend(DaysInput.shape),
  output: z.object({ usage: z.array(TenantDay), next_cursor: NextCursor }),
  run: async ({ limit, cursor, ...asked }) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const [day, id] = decodeCursor(Key, cursor) ?? [null, null]
    const found = await operate({ action: 'platform.usage_read', details: asked }, (db) =>
      db.query<Row>(sql`
        select u.*, t.company_name from (
          select ("timestamp" at time zone 'UTC')::date as day, tenant_id,
            count(*) filter (where event_type = 'api.response')::int as requests,
            count(*) filter (where event_type = 'api.error')::int as errors,
            coalesce(sum(tokens_used), 0)::bigint as tokens, trim_scale(coalesce(sum(cost_usd), 0))::text as cost_usd
          from observability_events
          where "timestamp" >= ${from}::timestamptz and "timestamp" < ${to}::timestamptz
          group by 1, 2) u
        join tenants t on t.id = u.tenant_id
        where ${day}::date is null or (u.day, u.tenant_id) < (${day}::date, ${id}::uuid)
        order by u.day desc, u.tenant_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.day, row.tenant_id])
    return {
      usage: rows.map(({ cost_usd, tokens, ...row }) => ({ ...row, tokens: Number(tokens), cost: cost(cost_usd) })),
      next_cursor,
    }
  },
})
