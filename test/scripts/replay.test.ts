import { spawnSync } from 'node:child_process'
import { beforeAll, expect, test } from 'vitest'
import { giveBack, publishAgain, pullDeadLetters } from '../../scripts/replay/dead-letters.ts'
import { replayEvents } from '../../scripts/replay/events.ts'
import { readOptions } from '../../scripts/replay/options.ts'
import { publish } from '../../shared/cloud/pubsub.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { EventType } from '../../shared/events/catalog.ts'
import { record } from '../../shared/events/record.ts'
import { setClock } from '../functions/evaluate-alerts/deliveries.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { pulled } from '../support/pulled.ts'
import { asSystem, createTenant } from '../support/tenants.ts'

const database = useDatabase()
const cloud = useCloud()
const events = pulled(cloud, 'pulsepoint-events')
const synced = pulled(cloud, 'rows.synced')
const NOON = Date.parse('2026-11-10T12:00:00Z')
beforeAll(async () => {
  await events.listen()
  await synced.listen()
})

test('facts come again by tenant, type and range, with their own ids and data', async () => {
  const [ours, theirs] = [await createTenant('replayed'), await createTenant('left alone')]
  const ids: string[] = []
  for (const [minute, { tenantId, brandId }] of [ours, ours, ours, theirs].entries()) {
    setClock(new Date(NOON + minute * 60_000))
    const data = { action: `n${minute}`, subject_id: brandId, details: { minute } }
    ids.push(await asSystem(tenantId, () => transaction((db) => record(db, 'admin.action', { data, brandId }))))
  }
  setClock(new Date())
  const before = await events.of(ours)
  expect(before).toHaveLength(3)
  const range = { since: new Date(NOON + 30_000), until: new Date(NOON + 150_000) }
  const wanted = { tenants: [ours.tenantId], types: ['admin.action'] as EventType[], ...range }
  expect(await replayEvents({ ...wanted, dryRun: true })).toEqual(new Map([['admin.action', 2]]))
  expect(await events.of(ours)).toHaveLength(3)
  await replayEvents({ ...wanted, dryRun: false })
  expect((await events.of(ours)).slice(3)).toEqual(before.slice(1))
  expect(await events.of(theirs)).toHaveLength(1)
  expect(await replayEvents({ ...wanted, types: ['auth.login'], dryRun: false })).toEqual(new Map())
  expect(
    await database.asAdmin('select 1 from observability_events where tenant_id = $1', [ours.tenantId]),
  ).toHaveLength(3)
})

test('dead letters are listed without being lost, and go to the topic they came from', async () => {
  const { tenantId, brandId } = await createTenant('given up')
  const dead = (type: string, subscription: string) => ({
    attributes: { 'ce-type': type, 'ce-tenantid': tenantId, CloudPubSubDeadLetterSourceSubscription: subscription },
    data: JSON.stringify({ brand_id: brandId }),
  })
  await publish('dead-letters', [dead('rows.synced', 'attribute-orders.rows.synced'), dead('of.nobody', 'x')])
  const listed = await pullDeadLetters(10)
  expect(listed.map(({ attributes }) => attributes['ce-type']).sort()).toEqual(['of.nobody', 'rows.synced'])
  await giveBack(listed)
  expect(await synced.of({ tenantId })).toEqual([])
  const left = await publishAgain(await pullDeadLetters(10))
  expect(left.map(({ subscription }) => subscription)).toEqual(['x'])
  expect(await synced.of({ tenantId })).toEqual([{ brand_id: brandId }])
  expect(await pullDeadLetters(10)).toHaveLength(1)
})

const ID = '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f'
test.each([
  [[], /"events" or "dead-letters"/],
  [['events', '--since', '2026-11-10T00:00:00Z'], /--tenant ID is missing/],
  [['events', '--tenant', 'acme', '--since', '2026-11-10T00:00:00Z'], /expects an id/],
  [['events', '--tenant', ID], /--since INSTANT is missing/],
  [['events', '--tenant', ID, '--since', 'yesterday'], /expects an instant/],
  [['events', '--tenant', ID, '--since', '2026-12-10T00:00:00Z'], /before --until/],
  [['events', '--tenant', ID, '--since', '2026-11-10T00:00:00Z', '--type', 'rows.synced'], /a kind of fact/],
  [['dead-letters', '--limit', '0'], /above 0/],
])('%j is refused in words', (args, message) => {
  expect(() => readOptions(args, new Date('2026-12-01T00:00:00Z'))).toThrow(message)
})

test('the command says what is wrong and ends with the code for it', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/replay.ts', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '' },
    })
  const [help, wrong, nowhere] = [run('--help'), run('nothing'), run('dead-letters', '--state', '/nowhere')]
  expect([help.status, help.stdout.includes('--dry-run')]).toEqual([0, true])
  expect([wrong.status, wrong.stderr.includes('npm run replay -- --help')]).toEqual([2, true])
  expect([nowhere.status, nowhere.stderr.includes('start the platform with npm start')]).toEqual([1, true])
})
