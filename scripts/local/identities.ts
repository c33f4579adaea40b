import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as z from 'zod'
import { ApiError } from './api-error.ts'

/** What infra/identity.tf tells the pool: whose tokens it takes. */
export interface IdentityPool {
  issuer: string
  keys: JWTVerifyGetKey
}

const AUDIENCE = 'pulsepoint-warehouse'
const PROVIDER =
  /^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/
/** Google takes no token that is good for longer than a day. */
const MAX_LIFETIME_S = 86_400
const LIFETIME_S = 3_600

const Exchange = z.object({
  grant_type: z.literal('urn:ietf:params:oauth:grant-type:token-exchange'),
  requested_token_type: z.literal('urn:ietf:params:oauth:token-type:access_token'),
  subject_token_type: z.literal('urn:ietf:params:oauth:token-type:jwt'),
  audience: z.string().regex(PROVIDER),
  scope: z.string().includes('https://www.googleapis.com/auth/bigquery'),
  subject_token: z.string(),
})
const Claims = z.object({ sub: z.string().min(1), iat: z.number(), exp: z.number() })
const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** The pool that trusts an issuer, as Google's does: its keys are those that its discovery document leads to. */
export function poolOf(issuer: string): IdentityPool {
  let keys: JWTVerifyGetKey | undefined
  return {
    issuer,
    keys: async (...token) => {
      keys ??= createRemoteJWKSet(new URL(await jwksUriOf(issuer)))
      return keys(...token)
    },
  }
}

async function jwksUriOf(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  const told = Discovery.parse(await response.json())
  if (told.issuer !== issuer) throw new Error(`the issuer ${issuer} calls itself ${told.issuer}`)
  return told.jwks_uri
}

/** Security Token Service: a tenant's token, signed by the pool's issuer, for an opaque one that says "this tenant" for an hour. */
export function securityTokens(pool?: IdentityPool) {
  const given = new Map<string, { tenantId: string; endsAt: number }>()

  async function subjectOf(token: string): Promise<string> {
    if (!pool) throw new ApiError('INVALID_ARGUMENT', 'The identity pool knows no issuer.')
    const options = { issuer: pool.issuer, audience: AUDIENCE, algorithms: ['RS256', 'ES256'] }
    try {
      const { sub, iat, exp } = Claims.parse((await jwtVerify(token, pool.keys, options)).payload)
      if (exp - iat > MAX_LIFETIME_S) throw new Error('it is good for longer than a day')
      return sub
    } catch (cause) {
      throw new ApiError('INVALID_ARGUMENT', `The subject token is refused: ${String(cause)}`)
    }
  }

  const routes = new Hono().post('/v1/token', async (c) => {
    const asked = Exchange.safeParse(await c.req.parseBody())
    if (!asked.success) throw new ApiError('INVALID_ARGUMENT', z.prettifyError(asked.error))
    const token = `local.${randomUUID()}`
    given.set(token, { tenantId: await subjectOf(asked.data.subject_token), endsAt: Date.now() + LIFETIME_S * 1000 })
    return c.json({
      access_token: token,
      issued_token_type: asked.data.requested_token_type,
      token_type: 'Bearer',
      expires_in: LIFETIME_S,
    })
  })

  /** The tenant whose principal asks; null: a function as itself, which shows no credentials here. */
  function tenantOf(c: Context): string | null {
    const header = c.req.header('authorization')
    if (header === undefined) return null
    const known = given.get(header.replace(/^Bearer /, ''))
    if (known && known.endsAt > Date.now()) return known.tenantId
    throw new ApiError('UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  }

  return { routes, tenantOf }
}
