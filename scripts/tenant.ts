import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { TenantApi } from './tenant/api.ts'

const HELP = `Tenants of an environment.

  npm run tenant -- create --name "Acme" --email ana@acme.example    founds it, prints the admin's first password
  npm run tenant -- delete --name "Acme" --email ana@acme.example    closes it; erased after the grace period

  --url ORIGIN          the platform (default http://localhost:8080)
  PULSEPOINT_PASSWORD   the admin's password, for delete; for create instead of one made up

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
  if (verb !== 'create' && verb !== 'delete')
    throw new WrongUse(`Say create or delete${verb === undefined ? '' : `, not ${verb}`}; --help shows how.`)
  const { name, email } = values
  if (name === undefined || email === undefined) throw new WrongUse(`${verb} expects --name and --email.`)
  await (verb === 'create' ? create : remove)({ api: new TenantApi(values.url), name, email })
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
  const password = process.env.PULSEPOINT_PASSWORD
  if (password === undefined) throw new WrongUse("delete expects the admin's password in PULSEPOINT_PASSWORD.")
  const token = await api.login({ email, password })
  const tenantId = await api.tenantId(token)
  await api.remove(token, name)
  print(`${name} (${tenantId}) is closed and will be erased after the grace period.\n`)
}

function print(text: string): void {
  process.stdout.write(text)
}
