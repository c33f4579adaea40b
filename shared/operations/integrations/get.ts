import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import {
  INTEGRATION_COLUMNS,
  Integration,
  type IntegrationRow,
  integrationOnWire,
  noSuchIntegration,
} from './integration.ts'

export const getIntegration = operation({
  name: 'get_integration',
  description: 'One integration: its account, status, last sync and error.',
  http: { method: 'get', path: '/api/integrations/{id}' },
  permission: 'brands:read',
  surfaces: ['http'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ integration: Integration }),
  run: async ({ id }) => {
    const row = await transaction((db) =>
      db.one<IntegrationRow>(sql`
        select ${INTEGRATION_COLUMNS} from integrations where tenant_id = ${actor().tenantId} and integration_id = ${id}`),
    )
    if (!row) throw noSuchIntegration()
    return { integration: integrationOnWire(row) }
  },
})
