import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import * as z from 'zod'

/** The client's app at a provider, as that provider knows it. */
export type OAuthApp = { client_id: string; client_secret: string }
export const UNIT_APP: OAuthApp = { client_id: 'pulsepoint-local', client_secret: 'sandbox-secret' }

export const hmacHex = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex')

/** Codes that work once, for ten minutes. */
export function oneTimeCodes<T>(clock: () => Date): { issue(value: T): string; take(code: string): T | null } {
  const codes = new Map<string, { value: T; until: number }>()
  return {
    issue: (value) => {
      const code = randomBytes(16).toString('hex')
      codes.set(code, { value, until: clock().getTime() + 600_000 })
      return code
    },
    take: (code) => {
      const found = codes.get(code)
      codes.delete(code)
      return found && found.until > clock().getTime() ? found.value : null
    },
  }
}

const Content = z.object({
  /** Which kind of token of that provider. */
  kind: z.string(),
  /** Whose: a shop's domain, a person. */
  subject: z.string(),
  scopes: z.array(z.string()),
  /** ms since the epoch. */
  issued_at: z.number(),
  expires_at: z.number().nullable(),
})
export type TokenContent = z.output<typeof Content>

/** A token that says itself, under the app's secret, what it opens: it survives a restart of the sandbox. */
export function tokenOf(prefix: string, content: TokenContent, secret: string): string {
  const body = Buffer.from(JSON.stringify({ ...content, nonce: randomBytes(6).toString('hex') })).toString('hex')
  return `${prefix}${body}${hmacHex(secret, body)}`
}

/** What a token of ours opens; null for any other text. */
export function readToken(prefix: string, token: string, secret: string): TokenContent | null {
  if (!token.startsWith(prefix) || token.length < prefix.length + 66) return null
  const [body, mac] = [token.slice(prefix.length, -64), token.slice(-64)]
  const expected = Buffer.from(hmacHex(secret, body))
  const given = Buffer.from(mac)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  return Content.parse(JSON.parse(Buffer.from(body, 'hex').toString()))
}

/** A form or a JSON body as text fields, with the query's beneath it. */
export async function fieldsOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const query = c.req.query()
  if (c.req.method !== 'POST') return query
  const text = await c.req.text()
  if (!c.req.header('content-type')?.startsWith('application/json'))
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
  const json = z.record(z.string(), z.coerce.string()).safeParse(JSON.parse(text || '{}'))
  return { ...query, ...(json.success ? json.data : {}) }
}

export type OAuthFault = 'denied' | 'missing_scopes' | 'used_code'
const marked = new WeakMap<Request, OAuthFault>()

/** The fault's note to the provider whose page or endpoint is asked. */
export const askForOAuthFault = (c: Context, fault: OAuthFault): void => void marked.set(c.req.raw, fault)
export const oauthFaultOf = (c: Context): OAuthFault | null => marked.get(c.req.raw) ?? null
