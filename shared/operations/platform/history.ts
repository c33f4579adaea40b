import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { operation } from '../../operation.ts'
import { type TenantDay as Told, tenantDays } from '../../warehouse/queries/tenant-days.ts'
import { DaysInput, daysOf } from '../admin/days.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Day } from '../wire.ts'
import { dayOnWire, TenantDay } from './day.ts'
import { operate } from './operate.ts'

const MAX_DAYS = 366
const DAY_MS = 86_400_000
const Key = z.tuple([Day, z.uuid()])

export const platformHistory = operation({
  name: 'get_platform_history',
  description:
    'The same figures as get_platform_usage from the platform’s warehouse, which keeps seven years: whole days, newest first; at most 366 days at a time.',
  http: { method: 'get', path: ['/api/admin/platform/history', '/mcp/admin/platform/history'] },
  permission: 'platform:manage',
  surfaces: ['http'],
  input: PageInput.extend(DaysInput.shape).extend({ tenant_id: z.uuid().optional() }),
  output: z.object({ usage: z.array(TenantDay), next_cursor: NextCursor }),
  run: async ({ limit, cursor, ...asked }) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const found = await tenantDays({
      since: dayOf(from.getTime()),
      until: dayOf(to.getTime() - DAY_MS),
      tenant_id: asked.tenant_id,
      after: decodeCursor(Key, cursor),
    })
    const names = await namesOf(found, asked)
    const { rows, next_cursor } = pageOf(found, limit, ({ day, tenant_id }) => [day, tenant_id])
    return {
      usage: rows.map((row) => dayOnWire({ ...row, company_name: names.get(row.tenant_id) ?? null })),
      next_cursor,
    }
  },
})

async function namesOf(found: readonly Told[], details: Record<string, unknown>): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(found.map(({ tenant_id }) => tenant_id))]
  const tenants = await operate({ action: 'platform.history_read', details }, (db) =>
    db.query<{ id: string; company_name: string }>(
      sql`select id, company_name from tenants where id = any(${ids}::uuid[])`,
    ),
  )
  return new Map(tenants.map(({ id, company_name }) => [id, company_name]))
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
