import type * as z from 'zod'
import { decrypt, encrypt, type KeyRing } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'

/** A connection's secrets as they are stored: each a JWE bound to tenant, connection and field. */
export type StoredCredentials = { access_token_encrypted: string | null; refresh_token_encrypted: string | null }
export type PlainCredentials = { access_token: string; refresh_token?: string }

/** Encrypts under the actor's tenant key, ready to be stored. */
export async function sealCredentials(
  ring: KeyRing,
  integrationId: string,
  plain: PlainCredentials,
): Promise<StoredCredentials> {
  const seal = (field: string, value: string) =>
    encrypt(ring, Buffer.from(value), { tenantId: actor().tenantId, subject: integrationId, field })
  return {
    access_token_encrypted: await seal('access_token', plain.access_token),
    refresh_token_encrypted:
      plain.refresh_token === undefined ? null : await seal('refresh_token', plain.refresh_token),
  }
}

/** Opens and validates them. Throws CRYPTO_REFUSED, or PROVIDER_AUTH when the connection holds none. */
export async function openCredentials<C extends z.ZodType>(
  ring: KeyRing,
  stored: StoredCredentials & { integration_id: string },
  schema: C,
): Promise<z.output<C>> {
  const open = async (field: string, jwe: string | null): Promise<string | undefined> => {
    if (jwe === null) return undefined
    const binding = { tenantId: actor().tenantId, subject: stored.integration_id, field }
    return Buffer.from(await decrypt(ring, jwe, binding)).toString('utf8')
  }
  const parsed = schema.safeParse({
    access_token: await open('access_token', stored.access_token_encrypted),
    refresh_token: await open('refresh_token', stored.refresh_token_encrypted),
  })
  if (!parsed.success) throw new AppError('PROVIDER_AUTH', 'The connection holds no usable token: connect it again.')
  return parsed.data
}
