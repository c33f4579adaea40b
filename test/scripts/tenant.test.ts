import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addToShard, readShards, removeFromShard, SHARD_TENANTS } from '../../scripts/tenant/shards.ts'
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
let folder = ''
let origin = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-tenants-'))
  origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Ran = { code: number; out: string; err: string }
const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, PULSEPOINT_PASSWORD: PASSWORD }
    const all = [SCRIPT, ...args, '--url', origin, '--shards', path.join(folder, 'cli')]
    const child = execFile(process.execPath, all, { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })

describe('npm run tenant', () => {
  it('founds a tenant, lists it with its shard, closes it', async () => {
    const made = await run('create', '--name', 'Acme', '--email', 'ana@acme.example')
    expect([made.code, made.err]).toEqual([0, ''])
    const id = /is tenant ([0-9a-f-]{36}) in shard 0/.exec(made.out)?.[1] ?? ''
    expect(JSON.parse(await readFile(path.join(folder, 'cli/0.tfvars.json'), 'utf8'))).toEqual({
      tenants: { [id]: { name: 'Acme' } },
    })
    const rows = await database.asAdmin(
      'select company_name, status, (select count(*)::int from tenant_keys k where k.tenant_id = t.id) as keys from tenants t where id = $1',
      [id],
    )
    expect(rows).toEqual([{ company_name: 'Acme', status: 'provisioning', keys: 1 }])
    expect((await run('list')).out).toContain(`${id}  Acme`)

    await database.asAdmin("update tenants set status = 'active' where id = $1", [id])
    const closed = await run('delete', '--name', 'Acme', '--email', 'ana@acme.example')
    expect([closed.code, closed.err]).toEqual([0, ''])
    expect((await run('list')).out).not.toContain(id)
  })

  it('repeats what the platform says and writes nothing when it refuses', async () => {
    const refused = await run('create', '--name', 'Birch', '--email', 'nobody')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('email')
    expect((await run('list')).out).not.toContain('Birch')
  })

  it.each([
    [['destroy'], 'Say create, list or delete'],
    [['create', '--name', 'Acme'], '--email'],
    [['list', '--environment', 'moon'], 'dev, staging or prod'],
    [['list', '--nonsense'], '--nonsense'],
  ])('ends with 2 for wrong use: %j', async (args, said) => {
    const { code, err } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(said)])
  })
})

describe('shards', () => {
  it('are filled one after the other, and a place that became free is taken again', async () => {
    const shards = path.join(folder, 'filled')
    const ids = Array.from({ length: SHARD_TENANTS + 1 }, () => uuidv7())
    for (const id of ids) await addToShard(shards, id, 'Some')
    expect([...(await readShards(shards)).values()].map((tenants) => Object.keys(tenants).length)).toEqual([
      SHARD_TENANTS,
      1,
    ])
    expect(await removeFromShard(shards, ids[5] ?? '')).toBe('0')
    expect(await removeFromShard(shards, uuidv7())).toBeUndefined()
    expect(await addToShard(shards, uuidv7(), 'Other')).toBe('0')
    expect(await addToShard(shards, ids.at(-1) ?? '', 'Some')).toBe('1')
  })
})
