import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { TenantApi } from './tenant/api.ts'

const HELP = `Tenants of an environment.

  npm run tenant -- create --name "Acme" --email ana@acme.example    founds it, prints the admin's first password
  npm run tenant -- delete --name "Acme" --email ana@acme.example    closes it; erased after the grace period
  npm run tenant -- list --email ops@pulsepoint.example              all of them, newest first, one a line; for operators

  --url ORIGIN          the platform (default http://localhost:8080)
  PULSEPOINT_PASSWORD   the password of --email, for delete and list; for create instead of one made up

A tenant that is founded here or in the dashboard gets its dataset by a build of its own (infra/tenants/cloudbuild.yaml).
Exit codes: 0 done, 1 refused by the platform, 2 wrong use.
`

class WrongUse extends Error {}

try {
  await run()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof WrongUse ? 2 : 1
}

async function run(): Promise<void> {
  const { values, positionals } = options()
  const [verb] = positionals
  if (values.help) return print(HELP)
  if (verb !== 'create' && verb !== 'delete' && verb !== 'list')
    throw new WrongUse(`Say create, delete or list${verb === undefined ? '' : `, not ${verb}`}; --help shows how.`)
  const { name, email } = values
  const api = new TenantApi(values.url)
  if (verb === 'list') {
    if (email === undefined) throw new WrongUse("list expects an operator's --email.")
    return list(api, email)
  }
  if (name === undefined || email === undefined) throw new WrongUse(`${verb} expects --name and --email.`)
  await (verb === 'create' ? create : remove)({ api, name, email })
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        email: { type: 'string' },
        url: { type: 'string', default: 'http://localhost:8080' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error))
  }
}

type Admin = { api: TenantApi; name: string; email: string }

async function create({ api, name, email }: Admin): Promise<void> {
  const given = process.env.PULSEPOINT_PASSWORD
  const password = given ?? randomBytes(18).toString('base64url')
  const token = await api.register({ company_name: name, email, password })
  print(`${name} is tenant ${await api.tenantId(token)}; its warehouse follows.\n`)
  print(
    `Its admin ${email} signs in with ${given === undefined ? `${password}, to be changed at once` : 'the password given'}.\n`,
  )
}

async function remove({ api, name, email }: Admin): Promise<void> {
  const token = await api.login({ email, password: passwordOf(email) })
  const tenantId = await api.tenantId(token)
  await api.remove(token, name)
  print(`${name} (${tenantId}) is closed and will be erased after the grace period.\n`)
}

/** Tab-separated, as they come. */
async function list(api: TenantApi, email: string): Promise<void> {
  const token = await api.login({ email, password: passwordOf(email) })
  for await (const { id, status, subscription_tier, created_at, company_name } of api.tenants(token)) {
    print(`${[id, status, subscription_tier, created_at, company_name].join('\t')}\n`)
  }
}

function passwordOf(email: string): string {
  const password = process.env.PULSEPOINT_PASSWORD
  if (password === undefined) throw new WrongUse(`The password of ${email} is expected in PULSEPOINT_PASSWORD.`)
  return password
}

function print(text: string): void {
  process.stdout.write(text)
}
