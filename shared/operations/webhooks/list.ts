import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import type { Purpose } from '../../webhooks/endpoint.ts'
import { WebhookEndpoint } from './endpoint.ts'

type Row = { purpose: Purpose; url: string; updated_at: Date }

export const listWebhookEndpoints = operation({
  name: 'list_webhook_endpoints',
  description: 'Where we call this tenant, and for what; never the secrets.',
  http: { method: 'get', path: '/api/integrations/webhooks' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: z.object({}),
  output: z.object({ endpoints: z.array(WebhookEndpoint) }),
  run: async () => {
    const rows = await transaction((db) =>
      db.query<Row>(sql`
        select purpose, url, updated_at from webhook_endpoints where tenant_id = ${actor().tenantId} order by purpose`),
    )
    return { endpoints: rows.map((row) => ({ ...row, updated_at: row.updated_at.toISOString() })) }
  },
})
