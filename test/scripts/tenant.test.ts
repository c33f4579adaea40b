import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { serveApp } from '../support/http.ts'
import { createPerson } from '../support/people.ts'
import { createTenant } from '../support/tenants.ts'

const SCRIPT = new URL('../../scripts/tenant.ts', import.meta.url).pathname
const PASSWORD = 'correct horse battery staple'
const database = useDatabase()
useCloud()
let origin = ''

beforeAll(async () => {
  origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
})

type Ran = { code: number; out: string; err: string }
const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, PULSEPOINT_PASSWORD: PASSWORD }
    const child = execFile(process.execPath, [SCRIPT, ...args, '--url', origin], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })

describe('npm run tenant', () => {
  it('founds a tenant and closes it', async () => {
    const made = await run('create', '--name', 'Acme', '--email', 'ana@acme.example')
    expect([made.code, made.err]).toEqual([0, ''])
    const id = /is tenant ([0-9a-f-]{36})/.exec(made.out)?.[1] ?? ''
    const rows = await database.asAdmin(
      'select company_name, status, (select count(*)::int from tenant_keys k where k.tenant_id = t.id) as keys from tenants t where id = $1',
      [id],
    )
    expect(rows).toEqual([{ company_name: 'Acme', status: 'provisioning', keys: 1 }])
    await database.asAdmin("update tenants set status = 'active' where id = $1", [id])
    const closed = await run('delete', '--name', 'Acme', '--email', 'ana@acme.example')
    expect([closed.code, closed.err]).toEqual([0, ''])
    expect(closed.out).toContain(id)
  })

  it('lists every tenant to an operator, page by page, and to nobody else', async () => {
    const made: string[] = []
    for (let at = 0; at < 101; at += 1) made.push((await createTenant(`list ${at}`)).tenantId)
    const operator = await createPerson(PLATFORM_TENANT_ID, { role: 'operator', password: PASSWORD })
    const listed = await run('list', '--email', operator.email)
    expect([listed.code, listed.err]).toEqual([0, ''])
    const lines = listed.out.trim().split('\n')
    expect(lines.slice(0, 101).map((line) => line.split('\t')[0])).toEqual(made.reverse())
    expect(lines[0]).toMatch(/^[0-9a-f-]{36}\tactive\tstarter\t\d{4}-\S+Z\tlist 100$/)
    const admin = await createPerson(made[0] ?? '', { role: 'admin', password: PASSWORD })
    expect(await run('list', '--email', admin.email)).toMatchObject({ code: 1, out: '' })
  })

  it('repeats what the platform says when it refuses', async () => {
    const refused = await run('create', '--name', 'Birch', '--email', 'nobody')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('email')
    expect(await database.asAdmin("select id from tenants where company_name = 'Birch'")).toEqual([])
  })

  it.each([
    [['destroy'], 'Say create, delete or list'],
    [['list'], '--email'],
    [['create', '--name', 'Acme'], '--email'],
    [['create', '--nonsense'], '--nonsense'],
  ])('ends with 2 for wrong use: %j', async (args, said) => {
    const { code, err } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(said)])
  })
})

describe('register-tenant.sh', () => {
  const STATE = 'gs://pulsepoint-test-state/'
  /** A gcloud whose bucket is the folder beside it. */
  const GCLOUD = [
    '#!/usr/bin/env bash',
    `cd "$(dirname "$0")"`,
    `at() { echo "\${1#${STATE}}"; }`,
    `case "$2 $3" in`,
    `  'objects list') ls -d $(at "\${4%'**'}")*/* 2>/dev/null ;;`,
    `  'cp -') mkdir -p "$(dirname "$(at "$4")")"; cat >"$(at "$4")" ;;`,
    `  rm*) rm "$(at "$3")" ;;`,
    'esac',
    'exit 0',
  ].join('\n')
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-gcloud-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await writeFile(path.join(folder, 'gcloud'), GCLOUD, { mode: 0o755 })
  })
  const register = (tenant: string, change = 'founded'): Promise<Ran> =>
    new Promise((resolve) => {
      const env = { PATH: `${folder}:${process.env.PATH}`, PROJECT_ID: 'pulsepoint-test' }
      const child = execFile('scripts/cloud/register-tenant.sh', [tenant, change], { env }, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      )
    })
  const foundedOn = (day: string): string => uuidv7({ msecs: Date.parse(day) })
  const notes = (shard: string): Promise<string[]> => readdir(path.join(folder, 'registered', shard)).catch(() => [])
  /** As if so many had been founded. */
  const note = async (shard: string, count: number): Promise<void> => {
    await mkdir(path.join(folder, 'registered', shard), { recursive: true })
    const tenants = Array.from({ length: count }, () => foundedOn('2026-11-27'))
    await Promise.all(tenants.map((tenant) => writeFile(path.join(folder, 'registered', shard, tenant), tenant)))
  }

  it('notes a tenant under the day of its founding, once', async () => {
    const tenant = foundedOn('2026-11-27T23:59:59.999Z')
    for (let time = 0; time < 2; time += 1)
      expect(await register(tenant)).toEqual({ code: 0, out: '20261127\n', err: '' })
    expect(await notes('20261127')).toEqual([tenant])
  })

  it('opens the next shard of a day that has more foundings than one holds', async () => {
    await note('20261127', 150)
    const second = foundedOn('2026-11-27')
    expect((await register(second)).out).toBe('20261127-2\n')
    await note('20261127-2', 149)
    expect((await register(foundedOn('2026-11-27'))).out).toBe('20261127-3\n')
    expect((await register(second)).out).toBe('20261127-2\n')
    await note('20261127-3', 149)
    const sizes = await Promise.all(
      ['20261127', '20261127-2', '20261127-3'].map(async (each) => (await notes(each)).length),
    )
    expect(sizes).toEqual([150, 150, 150]) // 450 foundings of a day
  })

  it('forgets a tenant that is erased, and names its shard; the second time there is none to build', async () => {
    await note('20261127', 150)
    const tenant = foundedOn('2026-11-27')
    await register(tenant)
    expect(await register(tenant, 'erased')).toEqual({ code: 0, out: '20261127-2\n', err: '' })
    expect([(await notes('20261127')).length, await notes('20261127-2')]).toEqual([150, []])
    expect(await register(tenant, 'erased')).toEqual({ code: 0, out: '\n', err: '' })
  })

  it.each(['', 'acme', '../../platform', `${uuidv7()};id`, '6f8b3c1e-1f2d-4a77-9b0a-8d5f4f4f2a10'])(
    'refuses %j, which is no id of a tenant',
    async (tenant) => {
      expect(await register(tenant)).toEqual({ code: 1, out: '', err: `not the id of a tenant: ${tenant}\n` })
    },
  )
})
