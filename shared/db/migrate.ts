import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { applyMigration } from './apply-migration.ts'

/** Roles that own nothing and may log in; each function connects as one of them. */
export const LOGIN_ROLES = [
  'pulsepoint_app',
  'pulsepoint_scheduler',
  'pulsepoint_relay',
  'pulsepoint_events',
  'pulsepoint_operator',
] as const

const FOLDER = new URL('./migrations/', import.meta.url)
const LOCK = 724_001
/** What wants a table that is in use makes all others wait behind it: for no longer than this, then it lets them pass and tries again. */
const LOCK_TIMEOUT_MS = 500
const LOCK_PAUSE_MS = 250
const LOCK_TRIES = 120
/** lock_not_available, deadlock_detected */
const IN_USE = new Set(['55P03', '40P01'])
const PARTITIONS_BACK_DAYS = 14
const PARTITIONS_AHEAD_DAYS = 28

type MigrateOptions = {
  /** A connection that may create roles; migrations themselves run as pulsepoint_owner. */
  adminUrl: string
  /** Passwords of the login roles; a role left out keeps what it has (in the cloud it logs in by IAM). */
  passwords?: Readonly<Partial<Record<(typeof LOGIN_ROLES)[number], string>>>
  /** Logins that exist already, such as service accounts, and the role whose rights each one gets. */
  logins?: Readonly<Record<string, (typeof LOGIN_ROLES)[number]>>
  now: Date
  /** Where the numbered files are (default: ours); ends with a slash. */
  folder?: URL
  /** Told each time that a migration gave way to those who use its tables. */
  onGivenWay?: (name: string) => void
}

/**
 * Brings the database to the newest schema and returns the names of what was applied. Two at once: the second waits. Others may
 * use the tables meanwhile: a lock is waited for in short turns, between which they go on.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { adminUrl, passwords = {}, logins = {}, now } = options
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await takeTurn(client)
    await createRoles(client, passwords)
    for (const [login, role] of Object.entries(logins))
      await client.query(`grant ${role} to ${pg.escapeIdentifier(login)} with inherit true, set true`)
    await client.query('set role pulsepoint_owner')
    await client.query(
      'create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    )
    const applied = await applyPending(client, options)
    await givingWay(
      client,
      () =>
        client.query(
          'select ensure_event_partitions($1::timestamptz - make_interval(days => $2), $1::timestamptz + make_interval(days => $3))',
          [now, PARTITIONS_BACK_DAYS, PARTITIONS_AHEAD_DAYS],
        ),
      () => options.onGivenWay?.('event partitions'),
    )
    return applied
  } finally {
    await client.end()
  }
}

/** Asked for again and again: whoever waits inside a statement holds a snapshot, which an index that is being built waits for. */
async function takeTurn(client: pg.Client): Promise<void> {
  const taken = 'select pg_try_advisory_lock($1) as taken'
  while (!(await client.query<{ taken: boolean }>(taken, [LOCK])).rows[0]?.taken) await setTimeout(LOCK_PAUSE_MS)
}

async function createRoles(client: pg.Client, passwords: MigrateOptions['passwords'] = {}): Promise<void> {
  await createRole(client, 'pulsepoint_owner', 'nologin')
  await createRole(client, 'pulsepoint_resolver', 'nologin')
  await createRole(client, 'pulsepoint_eraser', 'nologin')
  await createRole(client, 'pulsepoint_rates', 'nologin')
  for (const role of LOGIN_ROLES) {
    await createRole(client, role, 'login')
    const password = passwords[role]
    if (password) await client.query(`alter role ${role} password ${pg.escapeLiteral(password)}`)
  }
  await client.query('grant pulsepoint_owner, pulsepoint_resolver to current_user with set true')
  await client.query('grant pulsepoint_resolver to pulsepoint_owner with set true, inherit false')
  // The app may step down: to insert-only for telemetry, to what operators see, to what erases a tenant that is to go, to what keeps exchange rates.
  for (const narrow of ['pulsepoint_events', 'pulsepoint_operator', 'pulsepoint_eraser', 'pulsepoint_rates'] as const)
    await client.query(`grant ${narrow} to pulsepoint_app with set true, inherit false`)
  await client.query('grant create, usage on schema public to pulsepoint_owner with grant option')
  await client.query('revoke create on schema public from public')
}

async function createRole(client: pg.Client, role: string, login: 'login' | 'nologin'): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${role} ${login} nosuperuser nobypassrls nocreatedb nocreaterole`)
}

async function applyPending(client: pg.Client, { folder = FOLDER, onGivenWay }: MigrateOptions): Promise<string[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migrations')
  const done = new Map(rows.map((row) => [row.name, row.sha256]))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const applied: string[] = []
  for (const name of names) {
    const text = await readFile(new URL(name, folder), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    const known = done.get(name)
    if (known !== undefined && known !== sha256) {
      throw new Error(`Migration ${name} was changed after it had been applied: write a new one instead.`)
    }
    if (known !== undefined) continue
    const apply = () => applyMigration(client, { name, text, sha256 })
    applied.push(await givingWay(client, apply, () => onGivenWay?.(name)))
  }
  return applied
}

/** Does the work, which a failure undoes, once its tables are free. */
async function givingWay<T>(client: pg.Client, work: () => Promise<T>, onGivenWay: () => void): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
      return await work()
    } catch (error) {
      if (!isInUse(error) || tries === LOCK_TRIES) throw error
      onGivenWay()
      await setTimeout(LOCK_PAUSE_MS)
    }
  }
}

const isInUse = (error: unknown): boolean =>
  error instanceof Error &&
  [error, error.cause].some((each) => each instanceof pg.DatabaseError && IN_USE.has(each.code ?? ''))
