import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { forgetConfig } from '../../shared/config.ts'
import { LOGIN_ROLES, migrate } from '../../shared/db/migrate.ts'
import { endPool } from '../../shared/db/pools.ts'
import { type Cloud, startCloud } from './cloud.ts'
import { type Functions, startFunctions } from './functions.ts'
import { startGateway } from './gateway.ts'
import { poolOf } from './identities.ts'
import { type PlatformMap, readMap } from './map.ts'
import { type OnboardedTenant, onboard } from './onboard.ts'
import type { StartOptions } from './options.ts'
import { arePagesStale, buildPages } from './pages.ts'
import { freePort, type LocalPostgres, startPostgres } from './postgres.ts'
import { appSecrets, ownApps, providerHosts, replacedByOurs } from './providers.ts'
import { putSecrets } from './put-secrets.ts'
import { type Sandboxes, startSandboxes } from './sandboxes.ts'
import { type Scheduler, startScheduler } from './scheduler.ts'
import { openState, type Settings } from './state.ts'
import { wire } from './wiring.ts'

export const PROJECT = 'pulsepoint-local'
const MAP_FILE = fileURLToPath(new URL('../../infra/functions.tf.json', import.meta.url))
const DIST = fileURLToPath(new URL('../../dist', import.meta.url))

export type Platform = {
  url: string
  tenants: OnboardedTenant[]
  settings: Settings
  /** ms since the epoch, on the platform's clock. */
  now: () => number
  postgres: LocalPostgres
  cloud: Cloud
  scheduler: Scheduler
  functions: Functions
  /** Of the provider stand-ins; their control endpoints are at /_control. */
  sandboxUrl: string
  /** Everything in the reverse order of its start. */
  stop(): Promise<void>
}

type Hooks = { step: (what: string) => void; log: (line: string) => void }

/** Starts every part of the platform on this machine; when one part fails, those already started are stopped. */
export async function startPlatform(options: StartOptions, { step, log }: Hooks): Promise<Platform> {
  const started = new AsyncDisposableStack()
  try {
    const map = await readMap(MAP_FILE)
    const ports = await portsFor(Object.keys(map.functions))
    // The port is taken first: a start that cannot be reached should make, and remove, nothing.
    const gateway = await startGateway({ port: options.port, routes: routesOf(map, ports), log })
    started.defer(() => gateway.close())
    const state = await openState(options)
    started.defer(() => state.close())
    const { settings } = state
    const now = (): number => Date.now() + settings.clock_offset_ms

    const url = `http://localhost:${gateway.port}`
    step('PostgreSQL')
    const postgres = await database(options.stateDir, settings, now)
    started.defer(() => postgres.stop())
    step('the local cloud and the provider sandboxes')
    const sandboxesStarting = startSandboxes(settings, `${url}/webhooks/shopify`)
    sandboxesStarting.catch(() => undefined) // awaited below, whatever the cloud does
    const cloud = await startCloud({
      stateDir: options.stateDir,
      port: settings.cloud_port,
      now,
      holdDeliveries: true,
      identities: poolOf(url),
    })
    started.defer(() => cloud.close())
    const sandboxes = await sandboxesStarting
    started.defer(() => sandboxes.stop())
    await state.save()
    await putSecrets(cloud.url, PROJECT, {
      ENCRYPTION_KEYS: settings.encryption_keys,
      JWT_KEYS: settings.jwt_keys,
      WAREHOUSE_KEYS: settings.warehouse_keys,
      ...replacedByOurs(appSecrets(settings)),
      SLACK_WEBHOOK_URL:
        process.env.SLACK_WEBHOOK_URL ?? `${sandboxes.url}/slack/services/TLOCAL/BLOCAL/localdemolocaldemolocal1`,
      SMTP_URL: process.env.SMTP_URL ?? sandboxes.smtpUrl,
      ANTHROPIC_API_KEY: process.env.ANTHROPIC_API_KEY ?? 'sk-ant-local',
    })
    const common = environment({ settings, cloud, sandboxes, url })

    if (!options.built && (await arePagesStale())) {
      step("the build of the dashboard's pages")
      await buildPages()
    }
    step('the functions')
    const functions = await functionsOf({ map, ports, options, postgres, common, log })
    started.defer(() => functions.stop())
    await wire({ map, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: functions.url })
    const tenants = await tenantsOf(sandboxes, settings, { ...common, DATABASE_URL: postgres.url('pulsepoint_app') })
    const scheduler = startScheduler({ jobs: jobsOf(map, functions), now, log })
    started.defer(() => scheduler.stop())
    step('the daily chores')
    // No amount is converted before there are exchange rates.
    await scheduler.runNow('maintain')
    await writeLocalJson(options.stateDir, {
      url,
      mcp_url: `${url}/mcp`,
      sandbox_url: sandboxes.url,
      cloud_url: cloud.url,
      database_url: postgres.url('pulsepoint_app'),
      project: PROJECT,
      tenants,
    })
    const stop = started.move()
    return {
      url,
      tenants,
      settings,
      now,
      postgres,
      cloud,
      scheduler,
      functions,
      sandboxUrl: sandboxes.url,
      stop: () => stop.disposeAsync(),
    }
  } catch (error) {
    await started.disposeAsync()
    throw error
  }
}

async function portsFor(names: readonly string[]): Promise<Record<string, number>> {
  const ports: Record<string, number> = {}
  for (const name of names) ports[name] = await freePort()
  return ports
}

const routesOf = (map: PlatformMap, ports: Readonly<Record<string, number>>) =>
  Object.entries(map.functions).flatMap(([name, { http }]) =>
    http.map((pattern) => ({ pattern, port: ports[name] ?? 0 })),
  )

const jobsOf = (map: PlatformMap, functions: Functions) =>
  Object.entries(map.functions).flatMap(([name, { schedule }]) =>
    schedule ? [{ name, schedule, url: functions.url(name) }] : [],
  )

async function database(stateDir: string, settings: Settings, now: () => number): Promise<LocalPostgres> {
  const password = settings.database_password
  const postgres = await startPostgres({ dataDir: path.join(stateDir, 'postgres'), password })
  const passwords = Object.fromEntries(LOGIN_ROLES.map((role) => [role, password]))
  await migrate({ adminUrl: postgres.adminUrl, passwords, now: new Date(now()) }).catch(async (error: unknown) => {
    await postgres.stop()
    throw error
  })
  return postgres
}

type Environment = Readonly<Record<string, string>>
type Parts = { settings: Settings; cloud: Cloud; sandboxes: Sandboxes; url: string }

/** What every function gets. */
const environment = ({ settings, cloud, sandboxes, url }: Parts): Environment => ({
  ENVIRONMENT: 'development',
  GOOGLE_CLOUD_PROJECT: PROJECT,
  METADATA_SERVER_DETECTION: 'none',
  CLOUD_ENDPOINT: cloud.url,
  CLOCK_OFFSET_MS: String(settings.clock_offset_ms),
  ...providerHosts(sandboxes.url),
  ...ownApps(),
  PUBLIC_URL: url,
  // A tenant's n8n may be the stand-in: <origin>/n8n/webhook.
  WEBHOOK_PRIVATE_ORIGINS: sandboxes.url,
  DASHBOARD_URL: url,
  // Everybody here shares one address.
  IP_LIMIT_PER_MINUTE: '6000',
})

type Starting = {
  map: PlatformMap
  ports: Readonly<Record<string, number>>
  options: StartOptions
  postgres: LocalPostgres
  common: Environment
  log: (line: string) => void
}

const functionsOf = ({ map, ports, options, postgres, common, log }: Starting): Promise<Functions> =>
  startFunctions({
    map,
    ports,
    stateDir: options.stateDir,
    log,
    ...(options.built && { sourceDir: DIST }),
    env: (name) => {
      const { db = 'app', pool = 2 } = map.functions[name] ?? {}
      return { ...common, DATABASE_URL: postgres.url(`pulsepoint_${db}`), DATABASE_POOL: String(pool) }
    },
  })

/** Onboarding runs in this process with the product's own code, as the app role. */
async function tenantsOf(sandboxes: Sandboxes, settings: Settings, env: Environment): Promise<OnboardedTenant[]> {
  Object.assign(process.env, env)
  forgetConfig()
  try {
    return await onboard(await sandboxes.stores(), settings.login_password)
  } finally {
    await endPool()
  }
}

async function writeLocalJson(stateDir: string, content: object): Promise<void> {
  await writeFile(path.join(stateDir, 'local.json'), JSON.stringify(content, null, 2), { mode: 0o600 })
}
