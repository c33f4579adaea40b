import { randomBytes } from 'node:crypto'
import { createLocalJWKSet, type JWTPayload } from 'jose'
import * as z from 'zod'
import type { IdentityPool } from '../../scripts/local/identities.ts'
import { type KeyRing, parseKeyRing, publicKeys, signAssertion } from '../../shared/crypto.ts'

/** The secret that signs as tenants while this file runs. */
export const WAREHOUSE_KEYS = JSON.stringify({ current: 'w1', keys: { w1: randomBytes(32).toString('base64') } })
const ring = parseKeyRing(WAREHOUSE_KEYS, 'WAREHOUSE_KEYS')

/** The pool that trusts it; the issuer is config's default. */
export const identities: IdentityPool = {
  issuer: 'http://localhost:8080',
  keys: createLocalJWKSet({ keys: publicKeys(ring) }),
}

/** What the product says of a tenant to the pool. */
export function claimsOf(tenantId: string): JWTPayload {
  const iat = Math.floor(Date.now() / 1000)
  return { iss: identities.issuer, aud: 'pulsepoint-warehouse', sub: tenantId, iat, exp: iat + 300 }
}

/** The pool's answer to such claims, signed by `signer`. */
export async function exchange(cloudUrl: string, claims: JWTPayload, signer: KeyRing = ring): Promise<Response> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/tenants/providers/pulsepoint',
    scope: 'https://www.googleapis.com/auth/bigquery',
    subject_token: await signAssertion(signer, claims),
  })
  return fetch(`${cloudUrl}/v1/token`, { method: 'POST', body })
}

const Token = z.object({ access_token: z.string() })

/** Credentials of the tenant's own principal, for looking into its dataset. */
export const tokenOf = async (cloudUrl: string, tenantId: string): Promise<string> =>
  Token.parse(await (await exchange(cloudUrl, claimsOf(tenantId))).json()).access_token
