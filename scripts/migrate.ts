import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { LOGIN_ROLES, migrate } from '../shared/db/migrate.ts'

const HELP = `Brings a database to the newest schema. Two at once: the second waits for the first and finds nothing left to do.

  DATABASE_ADMIN_URL=postgres://… npm run migrate -- [options]

  --grants FILE   JSON of service account → role, as \`terraform output -json database_grants\` writes it: each account's
                  login gets the rights of its role
  --help          this text

DATABASE_ADMIN_URL belongs to a login that may create roles, such as postgres; through the Cloud SQL proxy its host is localhost.
`

const { values } = parseArgs({ options: { grants: { type: 'string' }, help: { type: 'boolean', default: false } } })
if (values.help) process.stdout.write(HELP)
else process.exitCode = await run()

async function run(): Promise<number> {
  const adminUrl = z.string().startsWith('postgres').safeParse(process.env.DATABASE_ADMIN_URL)
  if (!adminUrl.success) {
    process.stderr.write(`DATABASE_ADMIN_URL is missing, or no postgres:// URL.\n\n${HELP}`)
    return 2
  }
  const logins = values.grants === undefined ? {} : await loginsIn(values.grants)
  const onGivenWay = (name: string) => process.stdout.write(`${name} waits: its tables are in use\n`)
  const applied = await migrate({ adminUrl: adminUrl.data, logins, now: new Date(), onGivenWay })
  for (const name of applied) process.stdout.write(`applied ${name}\n`)
  process.stdout.write(`${applied.length} migration(s) applied, ${Object.keys(logins).length} login(s) granted.\n`)
  return 0
}

/** In Postgres a service account's login is its address without the domain that all of them share. */
async function loginsIn(file: string): Promise<Record<string, (typeof LOGIN_ROLES)[number]>> {
  const grants = z.record(z.email(), z.enum(LOGIN_ROLES)).parse(JSON.parse(await readFile(file, 'utf8')))
  const login = (account: string): string => account.replace(/\.gserviceaccount\.com$/, '')
  return Object.fromEntries(Object.entries(grants).map(([account, role]) => [login(account), role]))
}
