import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { keepEndpoint } from '../../webhooks/endpoint.ts'
import { Purpose, WebhookUrl } from './endpoint.ts'

const Input = z
  .object({ purpose: Purpose, url: WebhookUrl.nullable().describe('null: we call no more.') })
  .meta({ examples: [{ purpose: 'n8n', url: 'https://n8n.example.com/webhook' }] })

export const setWebhookEndpoint = operation({
  name: 'set_webhook_endpoint',
  description:
    'Where we call this tenant from now on: POST, JSON, signed per Standard Webhooks with a new secret that is shown this once. ' +
    'The address must be public, and redirects are not followed.',
  http: { method: 'put', path: '/api/integrations/webhooks' },
  permission: 'admin:manage',
  input: Input,
  output: z
    .object({ url: z.string().nullable(), secret: z.string().nullable().describe('whsec_…; shown once.') })
    .meta({
      examples: [
        { url: 'https://n8n.example.com/webhook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' },
      ],
    }),
  run: async (given) => ({ url: given.url, secret: await transaction((db) => set(db, given)) }),
})

async function set(db: Db, { purpose, url }: z.output<typeof Input>): Promise<string | null> {
  const { tenantId } = actor()
  const secret = url === null ? null : await keepEndpoint(db, purpose, url)
  if (url === null)
    await db.query(sql`delete from webhook_endpoints where tenant_id = ${tenantId} and purpose = ${purpose}`)
  // The host alone: paths of webhooks are often secrets themselves.
  const host = url === null ? null : new URL(url).host
  await record(db, 'config.changed', { data: { what: 'webhook_endpoint', subject_id: purpose, changes: { host } } })
  return secret
}
