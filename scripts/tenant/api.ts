import * as z from 'zod'

const Refused = z.object({ error: z.object({ message: z.string(), details: z.unknown().optional() }) })
const Tokens = z.object({ access_token: z.string() })
const Tenant = z.object({
  id: z.string(),
  status: z.string(),
  subscription_tier: z.string(),
  created_at: z.string(),
  company_name: z.string(),
})
const Page = z.object({ tenants: z.array(Tenant), next_cursor: z.string().nullable() })
const Me = z.object({ tenant: z.object({ id: z.string() }) })

/** The platform as a tenant's admin, or an operator, uses it. Throws an Error that repeats what the API says. */
export class TenantApi {
  readonly #origin: string
  constructor(origin: string) {
    this.#origin = origin.replace(/\/$/, '')
  }

  /** Founds the tenant: its row, its keys and its first admin, in one transaction. */
  register(company: { company_name: string; email: string; password: string }): Promise<string> {
    return this.#signIn('/api/auth/register', company)
  }

  login(who: { email: string; password: string }): Promise<string> {
    return this.#signIn('/api/auth/login', who)
  }

  async tenantId(token: string): Promise<string> {
    return Me.parse(await this.#call('GET', '/api/auth/me', { token })).tenant.id
  }

  /** Closes it now; it is erased after the grace period. */
  async remove(token: string, companyName: string): Promise<void> {
    await this.#call('POST', '/api/privacy/tenant/delete', { token, body: { confirm_company_name: companyName } })
  }

  /** All of them, newest first, page by page; an operator's token. */
  async *tenants(token: string): AsyncGenerator<z.output<typeof Tenant>> {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const page = Page.parse(await this.#call('GET', `/api/admin/platform/tenants?${query}`, { token }))
      yield* page.tenants
      cursor = page.next_cursor
    }
  }

  async #signIn(path: string, body: object): Promise<string> {
    return Tokens.parse(await this.#call('POST', path, { body })).access_token
  }

  async #call(method: string, path: string, { token, body }: { token?: string; body?: object }): Promise<unknown> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok) return answer
    const refused = Refused.safeParse(answer)
    const why = refused.success
      ? `${refused.data.error.message} ${refused.data.error.details ? JSON.stringify(refused.data.error.details) : ''}`
      : 'no answer of the API'
    throw new Error(`${method} ${path}: ${response.status}, ${why.trim()}`)
  }
}
