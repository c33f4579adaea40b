import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetConfig } from '../../shared/config.ts'
import { endPool } from '../../shared/db/pools.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'
import { useDatabase } from '../support/database.ts'
import { usePublisher } from '../support/pubsub.ts'
import { asSystem, createTenant } from '../support/tenants.ts'
import { printedSeed, randomOf, shuffled } from './random.ts'

/** EVENTS=10000 is the full size. */
const EVENTS = Number(process.env.EVENTS ?? 60)
const WORKERS = 8

const database = useDatabase()
const pubsub = usePublisher()
beforeAll(async () => {
  process.env.DATABASE_POOL = String(WORKERS)
  forgetConfig()
  await endPool()
})
afterAll(() => {
  delete process.env.DATABASE_POOL
})

test(`${EVENTS} events told up to eight times each, in any order, by sessions that are killed, are as many rows`, async () => {
  const random = randomOf(printedSeed())
  const { tenantId, brandId } = await createTenant('told again and again')
  const times = () => 1 + Math.floor(random() * 8)
  const told = shuffled(
    Array.from({ length: EVENTS }, (_, n) => Array.from({ length: times() }, () => n)).flat(),
    random,
  )
  let [killed, failed] = [0, 0]
  const tell = (n: number) =>
    asSystem(tenantId, () =>
      transaction((db) =>
        record(db, 'admin.action', {
          data: { action: `event ${n}`, subject_id: brandId, details: { n } },
          key: String(n),
          brandId,
        }),
      ),
    )
  const work = async (): Promise<void> => {
    for (let n = told.pop(); n !== undefined; n = told.pop()) {
      const again = n
      await tell(n).catch(() => {
        failed += 1
        told.push(again)
      })
      if (random() < 20 / EVENTS) {
        const rows = await database.asAdmin(
          `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pulsepoint_app' and datname = current_database() limit 1`,
        )
        killed += rows.length
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  const [counted] = await database.asAdmin(
    `select count(*)::int as rows, count(distinct event_id)::int as events, count(distinct metadata)::int as contents
     from observability_events where tenant_id = $1 and event_type = 'admin.action'`,
    [tenantId],
  )
  console.log(`${killed} sessions killed, ${failed} tellings failed and were repeated`)
  expect([killed > 0, counted]).toEqual([true, { rows: EVENTS, events: EVENTS, contents: EVENTS }])
  const left = await database.asAdmin<{ event_id: string }>('select event_id from outbox where tenant_id = $1', [
    tenantId,
  ])
  const published = pubsub.published('pulsepoint-events').map(({ attributes }) => attributes['ce-id'] ?? '')
  expect(new Set([...published, ...left.map(({ event_id }) => event_id)]).size).toBe(EVENTS)
}, 300_000)

test('one event that eight tell at the same moment is one row and one message', async () => {
  const { tenantId, brandId } = await createTenant('told at once')
  const data = { action: 'at once', subject_id: brandId, details: {} }
  const tell = (key: string) => asSystem(tenantId, () => transaction((db) => record(db, 'admin.action', { data, key })))
  for (let n = 0; n < 10; n += 1) await Promise.all(Array.from({ length: WORKERS }, () => tell(String(n))))
  const rows = await database.asAdmin('select event_id from observability_events where tenant_id = $1', [tenantId])
  expect(rows).toHaveLength(10)
})
