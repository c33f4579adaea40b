import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { operation } from '../../operation.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { operate } from './operate.ts'
import { PlatformTenant, type PlatformTenantRow, tenantOnWire, tenantsWhere } from './tenant.ts'

/** Ids are uuidv7: their order is that of creation. */
const Key = z.tuple([z.uuid()])

export const listTenants = operation({
  name: 'list_tenants',
  description: 'All tenants, newest first: tier, status and how much they have, never what.',
  http: { method: 'get', path: ['/api/admin/platform/tenants', '/mcp/admin/platform/tenants'] },
  permission: 'platform:manage',
  surfaces: ['http'],
  input: PageInput,
  output: z.object({ tenants: z.array(PlatformTenant), next_cursor: NextCursor }),
  run: async ({ limit, cursor }) => {
    const [before] = decodeCursor(Key, cursor) ?? [null]
    const found = await operate({ action: 'platform.tenants_read' }, (db) =>
      db.query<PlatformTenantRow>(sql`
        ${tenantsWhere(sql`(${before}::uuid is null or t.id < ${before}::uuid)`)} order by t.id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, ({ id }) => [id])
    return { tenants: rows.map(tenantOnWire), next_cursor }
  },
})
