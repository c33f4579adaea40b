import { randomBytes } from 'node:crypto'
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startCloud } from '../../scripts/local/cloud.ts'
import { type PlatformMap, readMap } from '../../scripts/local/map.ts'
import { onboard } from '../../scripts/local/onboard.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { OfferedStore } from '../../scripts/local/sandboxes.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Store } from '../../scripts/sandbox/world.ts'
import { forgetConfig } from '../../shared/config.ts'
import { migrate } from '../../shared/db/migrate.ts'
import { endPool } from '../../shared/db/pools.ts'
import { envelope } from '../../shared/events/record.ts'
import { scratch } from '../support/scratch.ts'
import { DUE_AT, ONBOARDED_AT_MS, smallWorld } from './world.ts'

export const PROJECT = 'pulsepoint-kill'
const MAP_FILE = fileURLToPath(new URL('../../infra/functions.tf.json', import.meta.url))

/** What every hour starts from: an onboarded database and a local cloud to be copied, and the providers' data. */
export type Ground = {
  stores: readonly Store[]
  map: PlatformMap
  /** Holds the hours' own folders. */
  folder: string
  /** Runs on the server's maintenance database. */
  admin: pg.Client
  adminUrl(database: string): string
  /** URL of the role that the workers share. */
  workerUrl(database: string): string
  /** Makes a database and a cloud folder of their own, both as they were after onboarding. */
  copy(name: string): Promise<{ database: string; stateDir: string }>
  close(): Promise<void>
}

/** The workers of the map: what Pub/Sub or the scheduler wakes. */
export function workersOf(map: PlatformMap): string[] {
  return Object.entries(map.functions).flatMap(([name, { on, schedule }]) => (on.length > 0 || schedule ? [name] : []))
}

type Place = { databaseUrl: string; cloudUrl: string; nowMs: number }

/** Environment of the product, here and in the workers; its clock shows `nowMs` at this moment. */
export const productEnv = ({ databaseUrl, cloudUrl, nowMs }: Place): Record<string, string> => ({
  ENVIRONMENT: 'development',
  GOOGLE_CLOUD_PROJECT: PROJECT,
  METADATA_SERVER_DETECTION: 'none',
  CLOUD_ENDPOINT: cloudUrl,
  CLOCK_OFFSET_MS: String(nowMs - Date.now()),
  DATABASE_URL: databaseUrl,
  DATABASE_POOL: '10',
  COMMIT_NODES: '250', // small commits, so that a small store has several
})

/** Prepares on the PostgreSQL server of this superuser URL. */
export async function prepareGround(serverUrl: string): Promise<Ground> {
  const id = `kill_${randomBytes(4).toString('hex')}`
  const folder = await scratch('pulsepoint-kill-')
  const urlOf = (database: string, login?: { role: string; password: string }): string => {
    const url = new URL(serverUrl)
    url.pathname = `/${database}`
    if (login) Object.assign(url, { username: login.role, password: login.password })
    return url.href
  }
  const login = { role: `${id}_worker`, password: id }
  const admin = new pg.Client({ connectionString: urlOf('postgres') })
  admin.on('error', () => undefined) // told by the query that fails
  await admin.connect()
  await admin.query(`create database ${id}`)
  await migrate({ adminUrl: urlOf(id), now: DUE_AT })
  await createWorkerRole(admin, login)
  const stores = smallWorld()
  const map = await readMap(MAP_FILE)
  // Its first look of an hour sees what is there by then: what it says may differ, and the next hour mends it.
  delete map.functions['generate-insights']
  const cloudFolder = path.join(folder, 'cloud')
  await fillCloud({ stateDir: cloudFolder, map, stores, databaseUrl: urlOf(id, login) })
  await setTheStage(urlOf(id))
  return {
    stores,
    map,
    folder,
    admin,
    adminUrl: (database) => urlOf(database),
    workerUrl: (database) => urlOf(database, login),
    copy: async (name) => {
      const database = `${id}_${name}`
      const stateDir = path.join(folder, name)
      await Promise.all([
        admin.query(`create database ${database} template ${id} strategy file_copy`),
        cp(cloudFolder, stateDir, { recursive: true }),
      ])
      return { database, stateDir }
    },
    close: async () => {
      await admin.query(`drop database ${id} with (force)`)
      await admin.query(`drop role ${login.role}`)
      await admin.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One role with the rights of every worker's own: in one process they share a pool. */
async function createWorkerRole(admin: pg.Client, { role, password }: { role: string; password: string }) {
  await admin.query(`create role ${role} login nosuperuser nobypassrls password '${password}'`)
  await admin.query(
    `grant pulsepoint_app, pulsepoint_scheduler, pulsepoint_relay to ${role} with inherit true, set true`,
  )
  await admin.query(`grant pulsepoint_events to ${role} with inherit false, set true`)
}

type Filling = { stateDir: string; map: PlatformMap; stores: readonly Store[]; databaseUrl: string }

/** Onboards the tenants. Nobody is subscribed yet, so that nothing of it is delivered. */
async function fillCloud({ stateDir, map, stores, databaseUrl }: Filling): Promise<void> {
  const cloud = await startCloud({ stateDir, port: 0 })
  const before = { ...process.env }
  try {
    const unheard = Object.fromEntries(
      Object.entries(map.functions).map(([name, entry]) => [name, { ...entry, on: [] }]),
    )
    await wire({ map: { ...map, functions: unheard }, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: () => '' })
    const key = randomBytes(32).toString('base64')
    await putSecrets(cloud.url, PROJECT, { ENCRYPTION_KEYS: JSON.stringify({ current: 'k1', keys: { k1: key } }) })
    Object.assign(process.env, productEnv({ databaseUrl, cloudUrl: cloud.url, nowMs: ONBOARDED_AT_MS }))
    forgetConfig()
    const offered = await sandbox({ now: () => DUE_AT, stores }).request('/_control/stores')
    await onboard(OfferedStore.array().parse(await offered.json()), 'not used')
  } finally {
    await endPool()
    process.env = before
    forgetConfig()
    await cloud.close()
  }
}

/** Every connection is due, and the connecting of each was not published yet: work for the relay. */
async function setTheStage(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  process.env.GOOGLE_CLOUD_PROJECT ??= PROJECT
  await client.query('update integrations set next_due_at = $1', [DUE_AT])
  const facts = await client.query(
    `select tenant_id, event_id, event_type, "timestamp", metadata from observability_events where class = 'fact'`,
  )
  for (const { tenant_id, event_id, event_type, timestamp, metadata } of facts.rows) {
    const attributes = envelope({
      id: event_id,
      type: event_type,
      tenantId: tenant_id,
      eventClass: 'fact',
      time: timestamp,
    })
    await client.query(
      `insert into outbox (tenant_id, event_id, topic, attributes, data, created_at)
       values ($1, $2, 'pulsepoint-events', $3, $4, clock_timestamp() - interval '1 minute')`,
      [tenant_id, event_id, attributes, metadata],
    )
  }
  await client.end()
}
