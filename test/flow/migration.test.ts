import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../shared/db/migrate.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { useApi } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { signIn } from '../support/people.ts'
import { scratch } from '../support/scratch.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { holdLocks, until } from './locks.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'

const database = useDatabase()
useCloud()
const call = useApi()
/** Longer than this nobody may have to wait for a lock: Postgres itself ends the statement of whoever does. */
const MOST_LOCK_MS = 1_000
const ROWS = 20_000

/** Of the kinds that we ship. */
const MIGRATIONS = {
  '9001_column.sql': 'alter table orders add column note text; alter table alerts add column team text;',
  '9002_index.sql': 'create index orders_by_note on orders (tenant_id, note) where note is not null;',
  '9003_table.sql': `create table order_notes (
    tenant_id uuid not null references tenants (id), brand_id uuid not null, note_id uuid not null, note text not null,
    primary key (tenant_id, brand_id, note_id), foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade);
    select protect_tenant_table('order_notes');
    grant select, insert, update, delete on order_notes to pulsepoint_app;`,
  '9004_constraint.sql': 'alter table alerts add constraint alerts_team check (length(team) <= 100);',
}

let folder = ''
let tenant: TestTenant
beforeAll(async () => {
  folder = await scratch('pulsepoint-migrations-')
  for (const [name, text] of Object.entries(MIGRATIONS)) await writeFile(path.join(folder, name), text)
  tenant = await connectedTenant('busy')
  await database.asAdmin(
    `insert into alerts (tenant_id, alert_id, rule, cause, severity, title, message, raised_at)
     select $1, gen_random_uuid(), 'accuracy', 'c' || n, 'info', 't', 'm', now() from generate_series(1, $2::int) n`,
    [tenant.tenantId, ROWS],
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Does the work over and over until stopped; how often it was done is told after it. Rejects with its first error. */
function keepDoing(work: () => Promise<unknown>) {
  let [done, stopped] = [0, false]
  const running = (async () => {
    while (!stopped) {
      await work()
      done += 1
    }
  })()
  const failed = new Promise<never>((_, reject) => running.catch(reject))
  failed.catch(() => undefined) // told by whoever waits for it, and by stop()
  return {
    done: () => done,
    failed,
    stop: async () => {
      stopped = true
      await running
    },
  }
}

test('migrations under traffic: nobody gets an error or waits a second for a lock, and a table in use is given way to', async () => {
  const { token } = await signIn(tenant.tenantId, 'admin')
  const probe = new pg.Client({ connectionString: database.url('postgres'), lock_timeout: MOST_LOCK_MS })
  await probe.connect()
  const answered = async (path: string, options = {}) => {
    const { status } = await call(path, { token, ...options })
    if (status !== 200) throw new Error(`${path} answered ${status}`)
  }
  const traffic = [
    keepDoing(() => answered('/api/alerts?limit=5')),
    keepDoing(() => answered(`/api/alerts/rules/error_rate`, { method: 'PATCH', body: { enabled: true } })),
    keepDoing(() =>
      asSystem(tenant.tenantId, () =>
        syncConnection(scriptedShop({ pages: 2, perPage: 50 }), requested(tenant, new Date().toISOString()), {
          mustStop: () => false,
        }),
      ),
    ),
    keepDoing(() =>
      probe.query(
        `insert into alerts (tenant_id, alert_id, rule, cause, severity, title, message, raised_at)
         values ($1, $2, 'accuracy', gen_random_uuid()::text, 'info', 't', 'm', now())`,
        [tenant.tenantId, uuidv7()],
      ),
    ),
  ]
  const everybody = async (times: number) => {
    const wanted = traffic.map(({ done }) => done() + times)
    const done = until(async () => traffic.every(({ done }, n) => done() >= (wanted[n] ?? 0)), 20_000)
    await Promise.race([done, ...traffic.map(({ failed }) => failed)])
  }
  await everybody(2)

  // Somebody is in the middle of a long transaction on a table that the first migration changes.
  const release = await holdLocks(database, `update alerts set title = 'held' where cause = 'c1'`)
  const before = traffic.map(({ done }) => done())
  const givenWay: string[] = []
  const migrated = migrate({
    adminUrl: database.url('postgres'),
    now: new Date(),
    folder: pathToFileURL(`${folder}/`),
    onGivenWay: (name) => givenWay.push(name),
  })
  await until(async () => givenWay.length >= 2, 20_000)
  await release()
  expect(await migrated).toEqual(Object.keys(MIGRATIONS))
  const during = traffic.map(({ done }, n) => done() - (before[n] ?? 0))
  await everybody(2)
  for (const { stop } of traffic) await stop()
  await probe.end()
  console.log(`done meanwhile: ${during.join(', ')}; given way ${givenWay.length} times`)
  expect(new Set(givenWay)).toEqual(new Set(['9001_column.sql']))
  expect(Math.min(...during)).toBeGreaterThan(0)
  expect(await database.asAdmin(`select count(*) from order_notes`)).toEqual([{ count: '0' }])
})
