import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { INTEGRATION_COLUMNS, Integration, type IntegrationRow, integrationOnWire } from './integration.ts'

export const listIntegrations = operation({
  name: 'list_integrations',
  description: 'Shops and ad accounts that are or were connected, by id.',
  http: { method: 'get', path: '/api/integrations' },
  permission: 'brands:read',
  surfaces: ['http'],
  input: PageInput.extend({ brand_id: z.uuid().optional() }),
  output: z.object({ integrations: z.array(Integration), next_cursor: NextCursor }),
  run: async ({ limit, cursor, brand_id = null }) => {
    const after = decodeCursor(z.tuple([z.uuid()]), cursor)?.[0] ?? null
    const found = await transaction((db) =>
      db.query<IntegrationRow>(sql`
        select ${INTEGRATION_COLUMNS} from integrations
        where tenant_id = ${actor().tenantId} and (${brand_id}::uuid is null or brand_id = ${brand_id}::uuid)
          and (${after}::uuid is null or integration_id > ${after}::uuid)
        order by integration_id limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, ({ id }) => [id])
    return { integrations: rows.map(integrationOnWire), next_cursor }
  },
})
