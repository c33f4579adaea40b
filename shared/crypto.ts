import { createECDH, createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, importJWK, type JWTPayload, SignJWT } from 'jose'
import * as z from 'zod'
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
  purposeKey(tenantKey, 'pulsepoint customer pseudonyms')

/** A key of its own for one purpose, by HKDF: what one purpose gives away says nothing about another. Source: RFC 5869. */
export const purposeKey = (key: Uint8Array, purpose: string): KeyObject =>
  createSecretKey(new Uint8Array(hkdfSync('sha256', key, '', purpose, 32)))

/**
 * A JWT of the ring's current key, taken as the private number of a P-256 pair: ES256, `kid` in its header. What it says, with
 * its times, is the caller's.
 */
export async function signAssertion(ring: KeyRing, claims: JWTPayload): Promise<string> {
  const key = ring.keys[ring.current]
  if (!key) throw new AppError('CRYPTO_REFUSED', `No key ${ring.current} to sign with.`)
  const header = { alg: 'ES256', kid: ring.current, typ: 'JWT' }
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(pairOf(key), 'ES256'))
}

/** The public halves of a ring's pairs, for who checks what was signed: those of keys that are no longer current, too. */
export const publicKeys = (ring: KeyRing) =>
  Object.entries(ring.keys).map(([kid, key]) => {
    const { d: _private, ...open } = pairOf(key)
    return { ...open, kid, alg: 'ES256', use: 'sig' }
  })

/** Any 32 random bytes are a private number of P-256, but for one in 2^32; node throws for those. */
function pairOf(key: Uint8Array) {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(key)
  const point = pair.getPublicKey() // 04, then x, then y
  const text = (bytes: Buffer): string => bytes.toString('base64url')
  return {
    kty: 'EC',
    crv: 'P-256',
    x: text(point.subarray(1, 33)),
    y: text(point.subarray(33)),
    d: Buffer.from(key).toString('base64url'),
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
