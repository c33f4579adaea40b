import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../../shared/db/migrate.ts'
import { holdLocks, until } from '../../flow/locks.ts'
import { useDatabase } from '../../support/database.ts'
import { scratch } from '../../support/scratch.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
let folder = ''
let tenant: TestTenant
beforeAll(async () => {
  folder = await scratch('pulsepoint-indexes-')
  tenant = await createTenant('indexed')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const file = (name: string, text: string) => writeFile(path.join(folder, name), text)
const run = () => migrate({ adminUrl: database.url('postgres'), now: new Date(), folder: pathToFileURL(`${folder}/`) })
const raise = (cause: string, title: string) =>
  database.asAdmin(
    `insert into alerts (tenant_id, alert_id, rule, cause, severity, title, message, status, raised_at)
     values ($1, gen_random_uuid(), 'accuracy', $2, 'info', $3, 'm', 'resolved', now())`,
    [tenant.tenantId, cause, title],
  )
const isValid = async (index: string) =>
  (await database.asAdmin('select indisvalid from pg_index where indexrelid = to_regclass($1)', [index]))[0]?.indisvalid

test('an index is built while others write and a second migration waits, and is noted once', async () => {
  await raise('held', 'before')
  await file(
    '9001_index.sql',
    '-- no transaction\ncreate index concurrently alerts_by_title on alerts (tenant_id, title);\n',
  )
  const release = await holdLocks(database, `update alerts set title = 'held' where cause = 'held'`)
  const both = Promise.all([run(), run()])
  // It is there from the moment on at which it waits for those who write.
  await until(async () => (await isValid('alerts_by_title')) === false, 20_000)
  await raise('meanwhile', 'not held up')
  await release()
  expect((await both).toSorted((a, b) => b.length - a.length)).toEqual([['9001_index.sql'], []])
  expect(await isValid('alerts_by_title')).toBe(true)
})

test('one that failed is built anew; one that was built and not noted is noted', async () => {
  for (const title of ['twice', 'twice']) await raise('same', title)
  await file(
    '9002_unique.sql',
    `-- no transaction\ncreate unique index concurrently alerts_one_title on alerts (tenant_id, title) where cause = 'same'\n`,
  )
  await expect(run()).rejects.toThrow('9002_unique.sql failed; it is built anew the next time')
  expect(await isValid('alerts_one_title')).toBe(false)
  await database.asAdmin(`delete from alerts where cause = 'same'`)
  expect(await run()).toEqual(['9002_unique.sql'])
  expect(await isValid('alerts_one_title')).toBe(true)
  await database.asAdmin(`delete from schema_migrations where name = '9002_unique.sql'`)
  expect(await run()).toEqual(['9002_unique.sql'])
  expect(await run()).toEqual([])
})

test('nothing else runs outside of a transaction', async () => {
  const text = '-- no transaction\ncreate index concurrently a on alerts (title); drop table alerts;\n'
  await file('9003_more.sql', text)
  await expect(run()).rejects.toThrow('it is one "create index concurrently NAME on …"')
  await rm(path.join(folder, '9003_more.sql'))
})
