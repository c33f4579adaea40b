import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import { decrypt } from '../../../shared/crypto.ts'
import { sql } from '../../../shared/db/sql.ts'
import { tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import type { HttpContext } from '../../../shared/http/context.ts'
import { actor, runAs, systemActor } from '../../../shared/tenant.ts'
import { isSigned } from '../signature.ts'

/** Source: github.com/standard-webhooks/standard-webhooks, spec, "Verifying webhook authenticity" */
const TOLERANCE_SECONDS = 300
const SIGNATURES_AT_MOST = 8

const Signed = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  timestamp: z.string().regex(/^\d{1,12}$/),
  signatures: z.array(z.string()).max(SIGNATURES_AT_MOST),
  tenant_id: z.uuid().toLowerCase(),
})

type Caller = { tenantId: string; status: string; deliveryId: string }
type Secret = { secret_id: string; secret_encrypted: string }

/** Whose secret signed the request: the tenant that the body names, or null for every other case. */
export async function callerOf(c: HttpContext, body: Uint8Array): Promise<Caller | null> {
  const signed = Signed.safeParse({
    id: c.req.header('webhook-id'),
    timestamp: c.req.header('webhook-timestamp'),
    signatures: v1Of(c.req.header('webhook-signature') ?? ''),
    tenant_id: tenantIn(body),
  })
  if (!signed.success) return null
  const { id, timestamp, signatures, tenant_id } = signed.data
  if (Math.abs(clock.now().getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return null
  const known = await runAs(systemActor(tenant_id, 'webhooks', c.get('requestId')), () => transaction(secretsOf))
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
  const fits = signatures.map((signature) => isSigned(content, signature, known.keys)).includes(true)
  return fits ? { tenantId: tenant_id, status: known.status, deliveryId: id } : null
}

/** Other versions than v1 (HMAC-SHA256) are not ours. */
const v1Of = (header: string): string[] =>
  header.split(' ').flatMap((one) => (one.startsWith('v1,') ? [one.slice('v1,'.length)] : []))

/** Read before the signature is known to fit, since it says whose secret to check it with; nothing else is. */
function tenantIn(body: Uint8Array): unknown {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && 'tenant_id' in parsed ? parsed.tenant_id : null
  } catch {
    return null
  }
}

/** The secrets of the actor's tenant that are valid now: the current one, and the one before within its last 24 hours. */
async function secretsOf(db: Db): Promise<{ status: string; keys: Buffer[] }> {
  const { tenantId } = actor()
  const [tenant, secrets] = await Promise.all([
    db.one<{ status: string }>(sql`select status from tenants where id = ${tenantId}`),
    db.query<Secret>(sql`
      select secret_id, secret_encrypted from n8n_secrets
      where tenant_id = ${tenantId} and (expires_at is null or expires_at > ${clock.now()})`),
  ])
  if (!tenant || secrets.length === 0) return { status: '', keys: [] }
  const ring = await tenantKeys(db)
  const open = async ({ secret_id, secret_encrypted }: Secret): Promise<Buffer> => {
    const plain = await decrypt(ring, secret_encrypted, { tenantId, subject: secret_id, field: 'n8n_secret' })
    return Buffer.from(
      Buffer.from(plain)
        .toString()
        .replace(/^whsec_/, ''),
      'base64',
    )
  }
  return { status: tenant.status, keys: await Promise.all(secrets.map(open)) }
}
