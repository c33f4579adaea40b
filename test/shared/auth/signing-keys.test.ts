import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { keyRing, setSecret, useCloud } from '../../support/cloud.ts'

const cloud = useCloud()
// A secret is kept for minutes; each test starts as a new instance does.
beforeEach(() => vi.resetModules())

const startWith = async (secret: string): Promise<unknown> => {
  await setSecret(cloud.current().url, 'JWT_KEYS', secret)
  const { checkSigningKeys } = await import('../../../shared/auth/signing-keys.ts')
  return checkSigningKeys()
}
const text = (words: string) => Buffer.from(words.padEnd(32, words).slice(0, 32))

test('two random keys are fine', async () => {
  await expect(startWith(keyRing(randomBytes(32), randomBytes(32)))).resolves.toBeUndefined()
})

test.each([
  ['one byte again and again', keyRing(Buffer.alloc(32, 7))],
  ['zeros', keyRing(Buffer.alloc(32))],
  ['a few bytes again and again', keyRing(Buffer.from(Array.from({ length: 32 }, (_, at) => (at % 8) + 128)))],
  ['a word of a public list', keyRing(text('secret'))],
  ['a sentence', keyRing(text('your-256-bit-secret-goes-in-here'))],
  ['a word among random bytes', keyRing(Buffer.concat([randomBytes(24), Buffer.from('ChangeMe')]))],
  ['a typed text', keyRing(text('kX9#vQ2!mZ7@pL4$wR8%tN1^yB6&hJ3*'))],
  ['a strong key beside a weak one', keyRing(Buffer.alloc(32, 1), randomBytes(32))],
  ['31 bytes', keyRing(randomBytes(31))],
  ['no JSON', 'hunter2'],
  ['a current key that is not there', JSON.stringify({ current: 'k9', keys: {} })],
])('%s stops the function at its start', async (_, secret) => {
  await expect(startWith(secret)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('a Secret Manager that does not answer for the moment does not stop it', async () => {
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'another-project')
  const { checkSigningKeys, signingKeys } = await import('../../../shared/auth/signing-keys.ts')
  await expect(checkSigningKeys()).resolves.toBeUndefined()
  await expect(signingKeys()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  vi.unstubAllEnvs()
})
