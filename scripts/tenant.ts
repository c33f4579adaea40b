import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { TenantApi } from './tenant/api.ts'
import { addToShard, readShards, removeFromShard } from './tenant/shards.ts'

const HELP = `Tenants of an environment: what the platform knows of them, and the shard of infra/tenants that has their datasets.

  npm run tenant -- create --name "Acme" --email ana@acme.example    founds it, prints the admin's first password
  npm run tenant -- list
  npm run tenant -- delete --name "Acme" --email ana@acme.example    closes it; erased after the grace period

  --url ORIGIN          the platform (default http://localhost:8080)
  --environment ENV     dev, staging or prod (default dev): the folder infra/tenants/shards/ENV
  --shards DIR          another folder
  PULSEPOINT_PASSWORD   the admin's password, for delete; for create instead of one made up

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
  if (!['dev', 'staging', 'prod'].includes(values.environment))
    throw new WrongUse(`--environment expects dev, staging or prod, got "${values.environment}".`)
  const home = fileURLToPath(new URL('../infra/tenants/shards', import.meta.url))
  const folder = path.resolve(values.shards ?? path.join(home, values.environment))
  if (verb === 'list') return list(folder)
  if (verb !== 'create' && verb !== 'delete')
    throw new WrongUse(`Say create, list or delete${verb === undefined ? '' : `, not ${verb}`}; --help shows how.`)
  const { name, email } = values
  if (name === undefined || email === undefined) throw new WrongUse(`${verb} expects --name and --email.`)
  const admin = { api: new TenantApi(values.url), name, email }
  await (verb === 'create' ? create(admin, folder) : remove(admin, folder))
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        email: { type: 'string' },
        url: { type: 'string', default: 'http://localhost:8080' },
        environment: { type: 'string', default: 'dev' },
        shards: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error))
  }
}

type Admin = { api: TenantApi; name: string; email: string }

async function create({ api, name, email }: Admin, folder: string): Promise<void> {
  const given = process.env.PULSEPOINT_PASSWORD
  const password = given ?? randomBytes(18).toString('base64url')
  const token = await api.register({ company_name: name, email, password })
  const tenantId = await api.tenantId(token)
  const shard = await addToShard(folder, tenantId, name)
  print(`${name} is tenant ${tenantId} in shard ${shard}.\n`)
  print(
    `Its admin ${email} signs in with ${given === undefined ? `${password}, to be changed at once` : 'the password given'}.\n`,
  )
  print(
    `Its dataset comes with: terraform -chdir=infra/tenants apply -var-file=${path.relative(process.cwd(), folder)}/${shard}.tfvars.json\n`,
  )
}

async function remove({ api, name, email }: Admin, folder: string): Promise<void> {
  const password = process.env.PULSEPOINT_PASSWORD
  if (password === undefined) throw new WrongUse("delete expects the admin's password in PULSEPOINT_PASSWORD.")
  const token = await api.login({ email, password })
  const tenantId = await api.tenantId(token)
  await api.remove(token, name)
  const shard = await removeFromShard(folder, tenantId)
  print(`${name} is closed and will be erased after the grace period.\n`)
  print(
    shard === undefined
      ? 'It was in no shard.\n'
      : `It left shard ${shard}; apply that shard after the grace period, so that an admin can still restore it.\n`,
  )
}

async function list(folder: string): Promise<void> {
  const shards = await readShards(folder)
  for (const [shard, tenants] of shards)
    for (const [id, { name }] of Object.entries(tenants)) print(`${shard.padStart(5)}  ${id}  ${name}\n`)
  if (shards.size === 0) print(`No tenants in ${folder} yet: npm run tenant -- create makes the first.\n`)
}

function print(text: string): void {
  process.stdout.write(text)
}
