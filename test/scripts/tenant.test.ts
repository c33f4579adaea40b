import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { serveApp } from '../support/http.ts'

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

  it('repeats what the platform says when it refuses', async () => {
    const refused = await run('create', '--name', 'Birch', '--email', 'nobody')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('email')
    expect(await database.asAdmin("select id from tenants where company_name = 'Birch'")).toEqual([])
  })

  it.each([
    [['destroy'], 'Say create or delete'],
    [['create', '--name', 'Acme'], '--email'],
    [['create', '--nonsense'], '--nonsense'],
  ])('ends with 2 for wrong use: %j', async (args, said) => {
    const { code, err } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(said)])
  })
})

describe('register-tenant.sh', () => {
  /** With a gcloud that says what it was asked and given. */
  const register = async (tenant: string): Promise<Ran> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-gcloud-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await writeFile(path.join(folder, 'gcloud'), '#!/bin/sh\necho "$@ < $(cat)"\n', { mode: 0o755 })
    const env = { PATH: `${folder}:${process.env.PATH}`, PROJECT_ID: 'pulsepoint-test' }
    return new Promise((resolve) => {
      const child = execFile('scripts/cloud/register-tenant.sh', [tenant], { env }, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      )
    })
  }

  it('notes a tenant under the day of its founding', async () => {
    const tenant = uuidv7({ msecs: Date.parse('2026-11-27T23:59:59.999Z') })
    const place = `gs://pulsepoint-test-state/registered/20261127/${tenant}`
    expect(await register(tenant)).toEqual({ code: 0, out: '20261127\n', err: `storage cp - ${place} < ${tenant}\n` })
  })

  it.each(['', 'acme', '../../platform', `${uuidv7()};id`, '6f8b3c1e-1f2d-4a77-9b0a-8d5f4f4f2a10'])(
    'refuses %j, which is no id of a tenant',
    async (tenant) => {
      expect(await register(tenant)).toEqual({ code: 1, out: '', err: `not the id of a tenant: ${tenant}\n` })
    },
  )
})
