import { chmod, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { runHour } from '../../scripts/local/hour.ts'
import { startPlatform } from '../../scripts/local/platform.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { scratch } from '../support/scratch.ts'

const Login = z.object({ email: z.string(), password: z.string(), role: z.string() })
const Local = z.object({
  url: z.string(),
  database_url: z.string(),
  tenants: z.array(
    z.object({
      tenant_id: z.string(),
      name: z.string(),
      brands: z.array(z.object({ brand_id: z.string(), name: z.string() })),
      logins: z.array(Login),
    }),
  ),
})
export type Login = z.output<typeof Login>
export type RunningPlatform = z.output<typeof Local> & { stop(): Promise<void> }

const quiet = (): void => undefined

/** The whole platform after its first hour; BROWSER_STATE names the state folder of one that runs already. */
export async function usePlatform(): Promise<RunningPlatform> {
  const running = process.env.BROWSER_STATE
  if (running) return { ...(await readLocal(running)), stop: async () => undefined }
  const folder = await scratch('pulsepoint-browser-')
  await chmod(folder, 0o755) // as root, PostgreSQL runs as another user, who must get in
  const stateDir = path.join(folder, 'state')
  const size = { tenants: 1, orders: 1_500, seed: null, now: null }
  const mode = { once: true, fresh: true, built: false, data: null, report: null }
  const platform = await startPlatform(
    { ...mode, ...size, port: await freePort(), stateDir },
    { step: quiet, log: quiet },
  )
  await runHour(platform, quiet)
  return {
    ...(await readLocal(stateDir)),
    stop: async () => {
      await platform.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const readLocal = async (stateDir: string) =>
  Local.parse(JSON.parse(await readFile(path.join(stateDir, 'local.json'), 'utf8')))

/** Of the demo tenant. Throws when the role has none. */
export function loginOf({ tenants }: RunningPlatform, role: string): Login {
  const login = tenants.flatMap(({ logins }) => logins).find((each) => each.role === role)
  if (!login) throw new Error(`nobody is ${role}`)
  return login
}

/** The demo tenant's first brand. */
export function brandOf({ tenants }: RunningPlatform): { tenantId: string; brandId: string; name: string } {
  const tenant = tenants.find(({ brands }) => brands.length > 0)
  const brand = tenant?.brands[0]
  if (!tenant || !brand) throw new Error('the demo has no brand')
  return { tenantId: tenant.tenant_id, brandId: brand.brand_id, name: brand.name }
}

/** Calls the API as that person, to compare what a page shows with it. */
export async function callApi<T>(
  { url }: RunningPlatform,
  { email, password }: Login,
  { route, schema }: { route: string; schema: z.ZodType<T> },
): Promise<T> {
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json())
  const response = await fetch(`${url}${route}`, { headers: { authorization: `Bearer ${access_token}` } })
  return schema.parse(await response.json())
}
