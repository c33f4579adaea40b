import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { z } from 'zod'
import { AppError } from './errors.ts'

/** 256-bit keys by id; new ciphertext uses `current`, old ciphertext names the key it needs. Two live at a time. */
export type KeyRing = { current: string; keys: Readonly<Record<string, Uint8Array>> }

/** What a ciphertext belongs to: bound into it, and checked when it is opened. */
export type Binding = { tenantId: string; subject: string; field: string }

const KeyRingJson = z
  .object({ current: z.string().min(1), keys: z.record(z.string(), z.base64()) })
  .refine(({ current, keys }) => current in keys, 'current must name one of keys')

/** Reads the secret `{"current": "k2", "keys": {"k1": "<base64>", "k2": "<base64>"}}`. Throws CONFIG_INVALID. */
export function parseKeyRing(secret: string, name: string): KeyRing {
  const parsed = KeyRingJson.safeParse(jsonOrNull(secret))
  if (!parsed.success) throw new AppError('CONFIG_INVALID', `${name} must be {"current", "keys"} with base64 keys.`)
  const keys = Object.fromEntries(Object.entries(parsed.data.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]))
  if (Object.values(keys).some((key) => key.length !== 32)) {
    throw new AppError('CONFIG_INVALID', `${name}: every key must be 32 bytes.`)
  }
  return { current: parsed.data.current, keys }
}

export const newKey = (): Uint8Array => randomBytes(32)

/** JWE (RFC 7516, dir + A256GCM) whose protected header carries key id, tenant, subject and field. */
export async function encrypt(ring: KeyRing, plaintext: Uint8Array, binding: Binding): Promise<string> {
  const key = ring.keys[ring.current]
  if (!key) throw new AppError('CRYPTO_REFUSED', `No key ${ring.current} to encrypt with.`)
  const header = {
    alg: 'dir',
    enc: 'A256GCM',
    kid: ring.current,
    ten: binding.tenantId,
    sub: binding.subject,
    fld: binding.field,
  }
  return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(key)
}

/** Throws CRYPTO_REFUSED for a wrong key, an altered byte, or a ciphertext of another tenant, subject or field. */
export async function decrypt(ring: KeyRing, jwe: string, binding: Binding): Promise<Uint8Array> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      jwe,
      (header) => {
        const key = header.kid === undefined ? undefined : ring.keys[header.kid]
        if (!key) throw new Error('unknown key id')
        return key
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    )
    const { ten, sub, fld } = protectedHeader
    if (ten !== binding.tenantId || sub !== binding.subject || fld !== binding.field) throw new Error('other owner')
    return plaintext
  } catch (cause) {
    throw new AppError('CRYPTO_REFUSED', `The stored ${binding.field} could not be opened with the keys at hand.`, {
      cause,
    })
  }
}

/** A stable pseudonym of an outside id within one tenant; unreadable and unlinkable once the tenant's key is destroyed. */
export const pseudonym = (hmacKey: KeyObject, id: string): string =>
  createHmac('sha256', hmacKey).update(id).digest('base64url')

/** The key for pseudonyms, derived from the tenant's key so that encryption and HMAC never share one. */
export const pseudonymKey = (tenantKey: Uint8Array): KeyObject =>
  createSecretKey(new Uint8Array(hkdfSync('sha256', tenantKey, '', 'pulsepoint customer pseudonyms', 32)))

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
