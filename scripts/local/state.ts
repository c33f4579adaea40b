import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { StartOptions } from './options.ts'
import { freePort, removePostgres } from './postgres.ts'

const Settings = z.object({
  /** Of the PostgreSQL roles and the demo users; only this machine ever sees them. */
  database_password: z.string(),
  login_password: z.string(),
  encryption_keys: z.string(),
  jwt_keys: z.string(),
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

/** Reads the kept settings or makes new ones. Throws when another start uses the folder, or an option does not fit the kept data. */
export async function openState(options: StartOptions): Promise<Settings> {
  const { stateDir } = options
  await assertFree(stateDir)
  if (options.fresh) {
    await removePostgres(path.join(stateDir, 'postgres'))
    await rm(stateDir, { recursive: true, force: true })
  }
  await mkdir(stateDir, { recursive: true })
  await writeFile(lockFile(stateDir), String(process.pid))
  const file = path.join(stateDir, 'settings.json')
  const settings = existsSync(file)
    ? adapt(Settings.parse(JSON.parse(await readFile(file, 'utf8'))), options)
    : await create(options)
  await writeFile(`${file}.new`, JSON.stringify(settings, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return settings
}

export const closeState = (stateDir: string): Promise<void> => rm(lockFile(stateDir), { force: true })

const lockFile = (stateDir: string): string => path.join(stateDir, 'start.pid')

async function assertFree(stateDir: string): Promise<void> {
  if (!existsSync(lockFile(stateDir))) return
  const pid = Number(await readFile(lockFile(stateDir), 'utf8'))
  if (pid !== process.pid && isRunning(pid)) {
    throw new Error(
      `${stateDir} is in use by another start (process ${pid}). Stop it, or choose another folder with --state and another --port.`,
    )
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function create(options: StartOptions): Promise<Settings> {
  const now = options.now ?? new Date()
  return {
    database_password: randomBytes(18).toString('base64url'),
    login_password: randomBytes(9).toString('base64url'),
    encryption_keys: newKeyRing(),
    jwt_keys: newKeyRing(),
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
const newKeyRing = (): string => JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64') } })
