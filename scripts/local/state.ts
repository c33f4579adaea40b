import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import type { StartOptions } from './options.ts'
import { freePort, removePostgres } from './postgres.ts'

const newClientSecret = (): string => randomBytes(24).toString('base64url')
const ClientSecret = z.string().default(newClientSecret)
const newKeyRing = (): string => JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64') } })

const Settings = z.object({
  /** Of the PostgreSQL roles and the demo users; only this machine ever sees them. */
  database_password: z.string(),
  login_password: z.string(),
  encryption_keys: z.string(),
  jwt_keys: z.string(),
  warehouse_keys: z.string().default(newKeyRing),
  /** Of our apps at the providers' stand-ins; a folder of before there were any gets its own. */
  shopify_client_secret: ClientSecret,
  meta_client_secret: ClientSecret,
  tiktok_client_secret: ClientSecret,
  google_ads_client_secret: ClientSecret,
  /** The generated stores end here; with the seed and the sizes it makes them the same at every start. */
  epoch: z.iso.datetime(),
  clock_offset_ms: z.number().int(),
  /** Delayed messages name the local cloud by its address: it keeps its port. */
  cloud_port: z.number().int(),
  tenants: z.number().int(),
  orders: z.number().int().nullable(),
  seed: z.string(),
  data: z.string().nullable(),
})

/** What a start must remember to go on with the same data. */
export type Settings = z.output<typeof Settings>

const HOUR_MS = 3_600_000
const DEFAULTS = { tenants: 3, seed: 'pulsepoint' }

export type State = {
  settings: Settings
  /** Keeps what was asked for this time, once it has proved to work. */
  save(): Promise<void>
  close(): void
}

/** Reads the kept settings or makes new ones. Throws when another start uses the folder, or an option does not fit the kept data. */
export async function openState(options: StartOptions): Promise<State> {
  const { stateDir } = options
  const file = path.join(stateDir, 'settings.json')
  if (options.fresh) await assertOurs(stateDir)
  // Others may enter (as root, PostgreSQL is another user) but read nothing: secrets lie here.
  await mkdir(stateDir, { recursive: true })
  await chmod(stateDir, 0o711)
  const lock = takeLock(stateDir)
  try {
    if (options.fresh) await empty(stateDir)
    const kept = existsSync(file) ? Settings.parse(JSON.parse(await readFile(file, 'utf8'))) : null
    const settings = kept ? adapt(kept, options) : await create(options)
    await write(file, { ...settings, data: kept?.data ?? null })
    return { settings, save: () => write(file, settings), close: () => lock.close() }
  } catch (error) {
    lock.close()
    throw error
  }
}

async function write(file: string, settings: Settings): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(settings, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

const LOCK = 'start.lock'

/** --fresh removes what a start made, never somebody's own folder. */
async function assertOurs(stateDir: string): Promise<void> {
  if (!existsSync(stateDir)) return
  const names = await readdir(stateDir)
  if (names.length === 0 || names.includes('settings.json') || names.includes(LOCK)) return
  throw new Error(
    `${stateDir} holds other files than a start makes: --fresh will not empty it. Choose another folder with --state.`,
  )
}

async function empty(stateDir: string): Promise<void> {
  await removePostgres(path.join(stateDir, 'postgres'))
  const names = (await readdir(stateDir)).filter((name) => !name.startsWith(LOCK))
  await Promise.all(names.map((name) => rm(path.join(stateDir, name), { recursive: true, force: true })))
}

/** An exclusive lock of SQLite: the system lets it go when the process ends, however it ends. */
function takeLock(stateDir: string): DatabaseSync {
  const lock = new DatabaseSync(path.join(stateDir, LOCK))
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (cause) {
    lock.close()
    throw new Error(
      `${stateDir} is in use by another start. Stop it, or choose another folder with --state and another --port.`,
      { cause },
    )
  }
}

async function create(options: StartOptions): Promise<Settings> {
  const now = options.now ?? new Date()
  return {
    database_password: randomBytes(18).toString('base64url'),
    login_password: randomBytes(9).toString('base64url'),
    encryption_keys: newKeyRing(),
    jwt_keys: newKeyRing(),
    warehouse_keys: newKeyRing(),
    shopify_client_secret: newClientSecret(),
    meta_client_secret: newClientSecret(),
    tiktok_client_secret: newClientSecret(),
    google_ads_client_secret: newClientSecret(),
    epoch: new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS).toISOString(),
    clock_offset_ms: offsetTo(options.now),
    cloud_port: await freePort(),
    tenants: options.tenants ?? DEFAULTS.tenants,
    orders: options.orders,
    seed: options.seed ?? DEFAULTS.seed,
    data: options.data,
  }
}

function adapt(kept: Settings, options: StartOptions): Settings {
  for (const name of ['tenants', 'orders', 'seed'] as const) {
    if (options[name] !== null && options[name] !== kept[name]) {
      throw new Error(
        `The kept data were made with --${name} ${kept[name] ?? '(default)'}; add --fresh to make them anew with --${name} ${options[name]}.`,
      )
    }
  }
  return {
    ...kept,
    data: options.data ?? kept.data,
    clock_offset_ms: options.now ? offsetTo(options.now) : kept.clock_offset_ms,
  }
}

const offsetTo = (now: Date | null): number => (now ? now.getTime() - Date.now() : 0)
