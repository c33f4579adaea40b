import { describe, expect, it } from 'vitest'
import { decrypt, encrypt, type KeyRing, newKey, parseKeyRing, pseudonym, pseudonymKey } from '../../shared/crypto.ts'

const ring = (current: string, ...ids: string[]): KeyRing => ({
  current,
  keys: Object.fromEntries(ids.map((id) => [id, newKey()])),
})
const binding = { tenantId: 't1', subject: 'integration-1', field: 'access_token' }
const text = Buffer.from('shpat_secret')

describe('a ciphertext', () => {
  it('opens with the key it names, also after the ring moved on', async () => {
    const old = ring('k1', 'k1')
    const jwe = await encrypt(old, text, binding)
    const rotated: KeyRing = { current: 'k2', keys: { ...old.keys, k2: newKey() } }
    expect(Buffer.from(await decrypt(rotated, jwe, binding)).toString()).toBe('shpat_secret')
  })

  it.each([
    ['tenant', { ...binding, tenantId: 't2' }],
    ['integration', { ...binding, subject: 'integration-2' }],
    ['field', { ...binding, field: 'refresh_token' }],
  ])('of another %s is refused', async (_, other) => {
    const keys = ring('k1', 'k1')
    await expect(decrypt(keys, await encrypt(keys, text, binding), other)).rejects.toMatchObject({
      code: 'CRYPTO_REFUSED',
    })
  })

  it('is refused with a wrong key, a key that is gone, or another algorithm in its header', async () => {
    const keys = ring('k1', 'k1')
    const jwe = await encrypt(keys, text, binding)
    await expect(decrypt(ring('k1', 'k1'), jwe, binding)).rejects.toMatchObject({ code: 'CRYPTO_REFUSED' })
    await expect(decrypt(ring('k2', 'k2'), jwe, binding)).rejects.toMatchObject({ code: 'CRYPTO_REFUSED' })
    const [, ...rest] = jwe.split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none', enc: 'A256GCM', kid: 'k1' })).toString('base64url')
    await expect(decrypt(keys, [header, ...rest].join('.'), binding)).rejects.toMatchObject({ code: 'CRYPTO_REFUSED' })
  })

  it('is refused after any single bit was flipped', async () => {
    const keys = ring('k1', 'k1')
    const jwe = await encrypt(keys, text, binding)
    const parts = jwe.split('.')
    for (const [at, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url')
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const altered = parts.with(at, flipped.toString('base64url')).join('.')
        await expect(decrypt(keys, altered, binding), `part ${at} bit ${bit}`).rejects.toMatchObject({
          code: 'CRYPTO_REFUSED',
        })
      }
    }
  })
})

describe('a key ring', () => {
  it.each(['', 'nonsense', '{}', '{"current":"k1","keys":{}}', '{"current":"k1","keys":{"k1":"c2hvcnQ="}}'])(
    '%j is refused',
    (secret) => {
      expect(() => parseKeyRing(secret, 'ENCRYPTION_KEYS')).toThrow(/ENCRYPTION_KEYS/)
    },
  )
})

describe('a pseudonym', () => {
  it('is the same for the same tenant and unlike for another', () => {
    const [one, two] = [pseudonymKey(newKey()), pseudonymKey(newKey())]
    expect(pseudonym(one, 'customer-1')).toBe(pseudonym(one, 'customer-1'))
    expect(pseudonym(one, 'customer-1')).not.toBe(pseudonym(two, 'customer-1'))
  })
})
