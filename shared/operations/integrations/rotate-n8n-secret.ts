import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { clock } from '../../clock.ts'
import { encrypt, newKey } from '../../crypto.ts'
import { sql } from '../../db/sql.ts'
import { tenantKeys } from '../../db/tenant-keys.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { instantOrNull } from '../wire.ts'
import { N8nSecretStatus, n8nUrl, OVERLAP_MS } from './n8n-secret.ts'

export const rotateN8nSecret = operation({
  name: 'rotate_n8n_secret',
  description:
    'Makes a secret for the calls of n8n, signed per Standard Webhooks, and shows it this once. The one before stays valid for 24 hours.',
  http: { method: 'post', path: '/api/integrations/n8n/secret', status: 201 },
  permission: 'admin:manage',
  input: z.object({}).meta({ examples: [{}] }),
  output: N8nSecretStatus.extend({ secret: z.string().describe('whsec_…; shown once.') }).meta({
    examples: [
      {
        url: 'https://api.pulsepoint.example/webhooks/n8n/data-sync',
        secret_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        created_at: '2026-11-20T09:30:00.000Z',
        previous_valid_until: null,
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
      },
    ],
  }),
  run: async () => {
    const now = clock.now()
    const secret = `whsec_${Buffer.from(newKey()).toString('base64')}`
    const secretId = uuidv7()
    const previous = await transaction(async (db) => {
      const expiresAt = await retireSecrets(db, now)
      await addSecret(db, { secretId, secret, now })
      return expiresAt
    })
    return {
      url: n8nUrl(),
      secret_id: secretId,
      created_at: now.toISOString(),
      previous_valid_until: instantOrNull(previous),
      secret,
    }
  },
})

/** The current secret gets its end, those before it go: two live at a time. Returns that end, null when there was none. */
async function retireSecrets(db: Db, now: Date): Promise<Date | null> {
  const { tenantId } = actor()
  // Two rotations at once come one after the other.
  await db.query(sql`select id from tenants where id = ${tenantId} for no key update`)
  await db.query(sql`delete from n8n_secrets where tenant_id = ${tenantId} and expires_at is not null`)
  const retired = await db.one<{ expires_at: Date }>(sql`
    update n8n_secrets set expires_at = ${new Date(now.getTime() + OVERLAP_MS)}
    where tenant_id = ${tenantId} and expires_at is null returning expires_at`)
  return retired?.expires_at ?? null
}

async function addSecret(
  db: Db,
  { secretId, secret, now }: { secretId: string; secret: string; now: Date },
): Promise<void> {
  const { tenantId } = actor()
  const binding = { tenantId, subject: secretId, field: 'n8n_secret' }
  const sealed = await encrypt(await tenantKeys(db), Buffer.from(secret), binding)
  await db.query(sql`
    insert into n8n_secrets (tenant_id, secret_id, secret_encrypted, created_at)
    values (${tenantId}, ${secretId}, ${sealed}, ${now})`)
  const data = { what: 'n8n_secret', subject_id: secretId, changes: { rotated_at: now.toISOString() } }
  await record(db, 'config.changed', { data })
}
