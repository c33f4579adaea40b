import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { locateServer, type Server } from './postgres-server.ts'

const DATABASE = 'pulsepoint'

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
  const server = await locateServer(dataDir)
  await initialise(server, password)
  await stop(server, 'fast').catch(() => undefined) // a leftover of a killed start; mostly there is none
  const port = await freePort()
  await start(server, { port: String(port), ...settings })
  const url = (role: string, database = DATABASE): string =>
    `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
  await createDatabase(url('postgres', 'postgres'))
  return { port, url, adminUrl: url('postgres'), stop: (mode = 'fast') => stop(server, mode) }
}

/** Ends what a killed start left running and removes the data. */
export async function removePostgres(dataDir: string): Promise<void> {
  const server = await locateServer(dataDir)
  await stop(server, 'immediate').catch(() => undefined) // nobody there
  await rm(server.dataDir, { recursive: true, force: true })
}

async function start({ run, dataDir }: Server, settings: Readonly<Record<string, string>>): Promise<void> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '300', ...settings }
  const flags = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`)
  const logFile = path.join(dataDir, 'server.log')
  try {
    await run('pg_ctl', ['start', '-D', dataDir, '-w', '-t', '60', '-l', logFile, '-o', flags.join(' ')])
  } catch (cause) {
    const log = await readFile(logFile, 'utf8').catch(() => '')
    throw new Error(`PostgreSQL did not start. The end of its log:\n${log.slice(-1000)}`, { cause })
  }
}

async function stop({ run, dataDir }: Server, mode: 'fast' | 'immediate'): Promise<void> {
  await run('pg_ctl', ['stop', '-D', dataDir, '-m', mode, '-w'])
}

async function initialise({ run, dataDir, identity }: Server, password: string): Promise<void> {
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) return
  await rm(dataDir, { recursive: true, force: true }) // half made by a start that was killed
  await mkdir(dataDir, { recursive: true })
  const passwordFile = `${dataDir}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  const { uid, gid } = identity
  if (uid !== undefined && gid !== undefined) {
    await Promise.all([chown(dataDir, uid, gid), chown(passwordFile, uid, gid)])
  }
  await chmod(dataDir, 0o700)
  const access = ['-U', 'postgres', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256']
  try {
    await run('initdb', ['-D', dataDir, ...access, '-E', 'UTF8', '--locale=C', '--no-instructions'])
  } finally {
    await rm(passwordFile, { force: true })
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

const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/**
 * A port nobody listens on at this moment, below those that systems give to outgoing connections: of these one may be taken
 * before whoever asked listens.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(FIRST_PORT, LAST_PORT)
  return (await isFree(port)) ? port : freePort()
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
