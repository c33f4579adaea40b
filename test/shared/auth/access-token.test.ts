import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto'
import { CompactEncrypt } from 'jose'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { issueAccessToken, verifyAccessToken } from '../../../shared/auth/access-token.ts'
import { newSecretToken } from '../../../shared/auth/secret-token.ts'
import { forgetConfig } from '../../../shared/config.ts'
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

  it('that was accepted before is refused once it is expired, and before it was issued', async () => {
    const token = forge(HEADER, CLAIMS)
    expect(await verdict(token)).toBe('accepted')
    for (const [offset, expected] of [
      [HOUR + 1, REFUSED],
      [-HOUR, REFUSED],
      [0, 'accepted'],
    ] as const) {
      process.env.CLOCK_OFFSET_MS = String(offset * 1000)
      forgetConfig()
      expect(await verdict(token)).toBe(expected)
    }
  })
})

/** `none` in all sixteen cases of its letters. */
const NONES = Array.from({ length: 16 }, (_, bits) =>
  [...'none'].map((letter, at) => (bits & (1 << at) ? letter.toUpperCase() : letter)).join(''),
)
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaSigned = (): string => {
  const signed = `${encode({ ...HEADER, alg: 'RS256' })}.${encode(CLAIMS)}`
  return `${signed}.${signWith('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}
const publicPem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))
const publicDer = publicKey.export({ type: 'spki', format: 'der' })
/** The claims encrypted with the signing key, which whoever verifies also holds. */
const jwe = (): Promise<string> =>
  new CompactEncrypt(Buffer.from(JSON.stringify(CLAIMS)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'JWT', kid: 'k2' })
    .encrypt(JWT_KEYS[1])
const without = (claim: string) => Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim))
const raw = (claims: string) => forge(HEADER, claims)
const json = JSON.stringify(CLAIMS)

describe('a token is refused, always in the same words', () => {
  it.each<[string, () => string | Promise<string>]>([
    ...[...NONES, 'HS384', 'HS512', 'hs256', 'RS256', 'dir'].map((alg): [string, () => string] => [
      `alg ${alg}`,
      () => forge({ ...HEADER, alg }, CLAIMS),
    ]),
    ...NONES.map((alg): [string, () => string] => [
      `alg ${alg} without a signature`,
      () => `${encode({ ...HEADER, alg })}.${encode(CLAIMS)}.`,
    ]),
    ['alg none, then HS256', () => forge(JSON.stringify(HEADER).replace('{', '{"alg":"none",'), CLAIMS)],
    ['alg as an array', () => forge({ ...HEADER, alg: ['HS256'] }, CLAIMS)],
    ['alg RS256 with a real RSA signature', rsaSigned],
    ...(['HS256', 'RS256'] as const).flatMap((alg): [string, () => string][] => [
      [`${alg} keyed with a public key as PEM`, () => forge({ ...HEADER, alg }, CLAIMS, publicPem)],
      [`${alg} keyed with a public key as DER`, () => forge({ ...HEADER, alg }, CLAIMS, publicDer)],
    ]),
    ['alg missing', () => forge({ typ: 'JWT', kid: 'k2' }, CLAIMS)],
    ['kid missing', () => forge({ alg: 'HS256', typ: 'JWT' }, CLAIMS)],
    ...[
      'k3',
      '',
      '../../dev/null',
      'file:///dev/null',
      'k2\0',
      ' k2',
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
      'x5t#S256': 'AAAA',
      cty: 'JWT',
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
    ['b64 made critical', () => forge({ ...HEADER, b64: false, crit: ['b64'] }, CLAIMS)],
    ['typ of another kind', () => forge({ ...HEADER, typ: 'at+jwt' }, CLAIMS)],
    ...Object.keys(CLAIMS).map((claim): [string, () => string] => [
      `without ${claim}`,
      () => forge(HEADER, without(claim)),
    ]),
    ...(['1e400', `"${now + HOUR}"`, '-1', '0', 'null', '[]', '1.5', String(now), String(now + 9 * HOUR)] as const).map(
      (exp): [string, () => string] => [`exp ${exp}`, () => raw(json.replace(`"exp":${CLAIMS.exp}`, `"exp":${exp}`))],
    ),
    ['iat in the future', () => forge(HEADER, { ...CLAIMS, iat: now + HOUR, exp: now + 2 * HOUR })],
    ...['1e400', `"${now}"`, '-1', '0', 'null', '[]', '1.5', String(now - HOUR), String(now + HOUR)].map(
      (nbf): [string, () => string] => [`nbf ${nbf}`, () => raw(json.replace('{', `{"nbf":${nbf},`))],
    ),
    ...['1e400', `"${now}"`, '-1', '0', 'null', '[]', '1.5', String(now - 9 * HOUR)].map(
      (iat): [string, () => string] => [`iat ${iat}`, () => raw(json.replace(`"iat":${now}`, `"iat":${iat}`))],
    ),
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
    ['tenant_id twice, ours last', () => raw(json.replace('{', `{"tenant_id":"${uuidv7()}",`))],
    ['tenant_id twice, ours first', () => raw(json.replace(/}$/, `,"tenant_id":"${uuidv7()}"}`))],
    ['claims spelled in another way', () => raw(json.replace('"exp"', '"\\u0065xp"'))],
    ['sub and user_id of two people', () => forge(HEADER, { ...CLAIMS, sub: uuidv7() })],
    ['an unknown role', () => forge(HEADER, { ...CLAIMS, role: 'owner' })],
    ['a claim that is not ours', () => forge(HEADER, { ...CLAIMS, admin: true })],
    ['claims that are no object', () => forge(HEADER, '[]')],
    ['a header that is no JSON', () => forge('x', CLAIMS)],
    ['a refresh token', () => newSecretToken({ tenantId: subject.tenantId, id: subject.sessionId }).token],
    ['an API key', () => newSecretToken({ tenantId: subject.tenantId, id: uuidv7() }).token],
    ['a JWE under the signing key', jwe],
    ['a JWE cut to three parts', async () => (await jwe()).split('.').filter(Boolean).slice(0, 3).join('.')],
    [
      'a JWS in JSON',
      () => {
        const [protectedHeader, payload, signature] = forge(HEADER, CLAIMS).split('.')
        return JSON.stringify({ protected: protectedHeader, payload, signature })
      },
    ],
    ['a JWE in form only', () => `${encode({ alg: 'dir', enc: 'A256GCM', kid: 'k2' })}..AAAA.AAAA.AAAA`],
    ['nothing', () => ''],
    ['64 KB', () => `${'A'.repeat(65_536)}.A.A`],
  ])('%s', async (_, make) => {
    expect(await verdict(await make())).toBe(REFUSED)
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

  it.each(['header', 'claims', 'signature'])('is refused with any one bit of its %s flipped', async (name) => {
    const at = ['header', 'claims', 'signature'].indexOf(name)
    const bytes = Buffer.from(parts[at] ?? '', 'base64url')
    expect(bytes.length).toBeGreaterThan(30)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verdict(parts.with(at, flipped.toString('base64url')).join('.'))).toBe(REFUSED)
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
      `${header}.${claims}=.${signature}`,
      `${header}.${claims}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      `${header}.${claims}.${signature.slice(0, 20)}%41${signature.slice(20)}`,
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
