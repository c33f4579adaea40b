import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { issueAccessToken, verifyAccessToken } from '../../../shared/auth/access-token.ts'
import { newRefreshToken } from '../../../shared/auth/refresh-token.ts'
import { JWT_KEYS, useCloud } from '../../support/cloud.ts'

useCloud()
const subject = { tenantId: uuidv7(), userId: uuidv7(), role: 'analyst', sessionId: uuidv7() } as const
const HEADER = { alg: 'HS256', typ: 'JWT', kid: 'k2' }
const HOUR = 3600
const now = Math.floor(Date.now() / 1000)
const CLAIMS = {
  iss: 'pulsepoint',
  aud: 'pulsepoint-api',
  sub: subject.userId,
  tenant_id: subject.tenantId,
  user_id: subject.userId,
  role: 'analyst',
  sid: subject.sessionId,
  iat: now,
  exp: now + HOUR,
  jti: uuidv7(),
}
type Part = Record<string, unknown> | string

const encode = (part: Part): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
/** A token signed with the real key, whatever it says: only its content can be at fault. */
function forge(header: Part, claims: Part, key: Uint8Array = JWT_KEYS[1]): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
const verdict = (token: string): Promise<unknown> =>
  verifyAccessToken(token).then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  )
const REFUSED = 'UNAUTHENTICATED Sign in again: the access token is missing, wrong or expired.'

describe('an access token', () => {
  it('carries whom it is for and lives eight hours at most', async () => {
    const { token, expiresIn } = await issueAccessToken(subject, 100 * HOUR)
    expect(expiresIn).toBe(8 * HOUR)
    expect(await verifyAccessToken(token)).toEqual(subject)
  })

  it('is accepted with either live key, so that keys can be rotated', async () => {
    expect(await verdict(forge(HEADER, CLAIMS))).toBe('accepted')
    expect(await verdict(forge({ ...HEADER, kid: 'k1' }, CLAIMS, JWT_KEYS[0]))).toBe('accepted')
    expect(await verdict(forge({ ...HEADER, kid: 'k1' }, CLAIMS, JWT_KEYS[1]))).toBe(REFUSED)
  })
})

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaSigned = (): string => {
  const signed = `${encode({ ...HEADER, alg: 'RS256' })}.${encode(CLAIMS)}`
  return `${signed}.${signWith('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}
const without = (claim: string) => Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim))
const raw = (claims: string) => forge(HEADER, claims)
const json = JSON.stringify(CLAIMS)

describe('a token is refused, always in the same words', () => {
  it.each<[string, () => string]>([
    ...['none', 'None', 'NONE', 'nOnE', 'HS384', 'HS512', 'hs256', 'RS256', 'dir'].map(
      (alg): [string, () => string] => [`alg ${alg}`, () => forge({ ...HEADER, alg }, CLAIMS)],
    ),
    ['alg none without a signature', () => `${encode({ ...HEADER, alg: 'none' })}.${encode(CLAIMS)}.`],
    ['alg RS256 with a real RSA signature', rsaSigned],
    [
      'HS256 keyed with a public key',
      () => forge(HEADER, CLAIMS, Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))),
    ],
    ['alg missing', () => forge({ typ: 'JWT', kid: 'k2' }, CLAIMS)],
    ['kid missing', () => forge({ alg: 'HS256', typ: 'JWT' }, CLAIMS)],
    ...[
      'k3',
      '',
      '../../dev/null',
      "k2' or '1'='1",
      '__proto__',
      'constructor',
      'x'.repeat(65_536),
      ['k2'],
      null,
      2,
      { k2: 1 },
    ].map((kid): [string, () => string] => [
      `kid ${JSON.stringify(kid).slice(0, 30)}`,
      () => forge({ ...HEADER, kid }, CLAIMS),
    ]),
    ...Object.entries({
      crit: ['exp'],
      b64: false,
      jku: 'https://evil.example/keys',
      x5u: 'https://evil.example/cert',
      jwk: { kty: 'oct', k: 'AAAA' },
      x5c: ['MIIB'],
      zip: 'DEF',
      enc: 'A256GCM',
    }).map(([name, value]): [string, () => string] => [
      `header ${name}`,
      () => forge({ ...HEADER, [name]: value }, CLAIMS),
    ]),
    ['typ of another kind', () => forge({ ...HEADER, typ: 'at+jwt' }, CLAIMS)],
    ...Object.keys(CLAIMS).map((claim): [string, () => string] => [
      `without ${claim}`,
      () => forge(HEADER, without(claim)),
    ]),
    ...(['1e400', `"${now + HOUR}"`, '-1', '0', 'null', '[]', '1.5', String(now), String(now + 9 * HOUR)] as const).map(
      (exp): [string, () => string] => [`exp ${exp}`, () => raw(json.replace(`"exp":${CLAIMS.exp}`, `"exp":${exp}`))],
    ),
    ['iat in the future', () => forge(HEADER, { ...CLAIMS, iat: now + HOUR, exp: now + 2 * HOUR })],
    ['nbf', () => forge(HEADER, { ...CLAIMS, nbf: now + HOUR })],
    ...['other', '', 'pulsepoint ', 'Pulsepoint', ['pulsepoint'], null].map((iss): [string, () => string] => [
      `iss ${JSON.stringify(iss)}`,
      () => forge(HEADER, { ...CLAIMS, iss }),
    ]),
    ...['other', '', ['pulsepoint-api'], ['other', 'pulsepoint-api'], null].map((aud): [string, () => string] => [
      `aud ${JSON.stringify(aud)}`,
      () => forge(HEADER, { ...CLAIMS, aud }),
    ]),
    ...[[subject.tenantId], null, '', 'x', { id: subject.tenantId }, '%'].map((tenant_id): [string, () => string] => [
      `tenant_id ${JSON.stringify(tenant_id)}`,
      () => forge(HEADER, { ...CLAIMS, tenant_id }),
    ]),
    ['sub and user_id of two people', () => forge(HEADER, { ...CLAIMS, sub: uuidv7() })],
    ['an unknown role', () => forge(HEADER, { ...CLAIMS, role: 'owner' })],
    ['a claim that is not ours', () => forge(HEADER, { ...CLAIMS, admin: true })],
    ['claims that are no object', () => forge(HEADER, '[]')],
    ['a header that is no JSON', () => forge('x', CLAIMS)],
    ['a refresh token', () => newRefreshToken(subject).token],
    ['a JWE', () => `${encode({ alg: 'dir', enc: 'A256GCM', kid: 'k2' })}..AAAA.AAAA.AAAA`],
    ['nothing', () => ''],
    ['64 KB', () => `${'A'.repeat(65_536)}.A.A`],
  ])('%s', async (_, make) => {
    expect(await verdict(make())).toBe(REFUSED)
  })
})

describe('a valid token that was altered', () => {
  let token: string
  let parts: [string, string, string]
  beforeAll(async () => {
    token = (await issueAccessToken(subject)).token
    const [header = '', claims = '', signature = ''] = token.split('.')
    parts = [header, claims, signature]
  })

  it('is refused with any one bit of its signature flipped', async () => {
    const [header, claims, signature] = parts
    const bytes = Buffer.from(signature, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verdict(`${header}.${claims}.${flipped.toString('base64url')}`)).toBe(REFUSED)
    }
  })

  it('is refused in any other spelling of the same bytes', async () => {
    const [header, claims, signature] = parts
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const neighbour = alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1] ?? 'A'
    const spellings = [
      `${header}.${claims}.${signature.slice(0, -1)}${neighbour}`,
      `${header}.${claims}.${signature}=`,
      `${header}.${claims}.${signature}A`,
      `${header}.${claims}.${signature.slice(0, -1)}`,
      `${header}.${claims}.${signature.slice(0, 22)}`,
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${token}.`,
      ` ${token}`,
      `${token}\n`,
      token.replace('.', '. '),
      `${header}=.${claims}.${signature}`,
    ]
    expect(await Promise.all(spellings.map(verdict))).toEqual(spellings.map(() => REFUSED))
  })

  it('is refused for another tenant, also when it names tenants twice', async () => {
    const [header, , signature] = parts
    const claims = Buffer.from(parts[1], 'base64url').toString()
    const other = uuidv7()
    for (const altered of [
      claims.replace(subject.tenantId, other),
      claims.replace('{', `{"tenant_id":"${other}",`),
      claims.replace(/}$/, `,"tenant_id":"${other}"}`),
    ]) {
      expect(altered).not.toBe(claims)
      expect(await verdict(`${header}.${encode(altered)}.${signature}`)).toBe(REFUSED)
    }
  })
})
