import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { endPool } from '../../../shared/db/pools.ts'
import { onReplica } from '../../../shared/db/replica.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { operation } from '../../../shared/operation.ts'
import { actor } from '../../../shared/tenant.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

/** A replica that lags: a database of its own whose brand still has its old name. The product's pool points to the second. */
const replica = useDatabase()
const primary = useDatabase()
useCloud()

const nameOf = (id: string) =>
  transaction((db) =>
    db.one<{ name: string }>(sql`select name from brands where tenant_id = ${actor().tenantId} and brand_id = ${id}`),
  )
const Id = z.object({ id: z.uuid() })
const Name = z.object({ name: z.string() })
const read = async ({ id }: { id: string }) => ({ name: (await nameOf(id))?.name ?? 'none' })
const common = { description: 'Reads.', permission: 'brands:read', input: Id, output: Name, run: read } as const
const path = (last: string) => ({ method: 'get', path: `/api/brands/{id}/${last}` }) as const
const operations = [
  operation({ ...common, name: 'plain', http: path('plain') }),
  operation({ ...common, name: 'lagging', http: path('lagging'), reads: 'replica' }),
  operation({ ...common, name: 'cached', http: path('cached'), reads: 'replica', cached: true }),
  operation({
    name: 'write',
    description: 'Writes.',
    http: { method: 'post', path: '/api/writes' },
    permission: 'authenticated',
    input: z.object({}),
    output: z.object({}),
    run: async () => ({}),
  }),
]

let origin = ''
let tenant: TestTenant
let ana: SignedIn
let bob: SignedIn
beforeAll(async () => {
  origin = await serveApp(buildApi({ operations, ...PLENTY }))
  tenant = await createTenant('new')
  ana = await signIn(tenant.tenantId)
  bob = await signIn(tenant.tenantId)
  await replica.asAdmin("insert into tenants (id, company_name, created_at) values ($1, 'old', now())", [
    tenant.tenantId,
  ])
  await replica.asAdmin(
    "insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at) values ($1, $2, 'old', 'UTC', 'USD', now())",
    [tenant.tenantId, tenant.brandId],
  )
  await lead(replica.url('pulsepoint_app'))
})
afterAll(() => lead(undefined))

async function lead(url: string | undefined): Promise<void> {
  if (url === undefined) delete process.env.DATABASE_REPLICA_URL
  else process.env.DATABASE_REPLICA_URL = url
  forgetConfig()
  await endPool()
}

const get = (last: string, headers: Record<string, string> = {}, { token } = ana) =>
  ask(`${origin}/api/brands/${tenant.brandId}/${last}`, { token, headers }).then(({ body }) => Name.parse(body).name)
const PRIMARY = 'new brand'

describe('reads that may come from the replica', () => {
  it('do, and no others', async () => {
    expect([await get('plain'), await get('lagging')]).toEqual([PRIMARY, 'old'])
  })

  it('come from the primary for who has just written: by this instance, by cookie, by header; for ten seconds', async () => {
    const written = await ask(`${origin}/api/writes`, { ...bob, body: {} })
    const cookie = written.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^pp_wrote=\d+$/)
    const writtenAt = { 'x-pulsepoint-written-at': written.headers.get('x-pulsepoint-written-at') ?? '' }
    expect(await get('lagging', {}, bob)).toBe(PRIMARY)
    expect(await get('lagging')).toBe('old')
    expect(await get('lagging', { cookie })).toBe(PRIMARY)
    expect(await get('lagging', writtenAt)).toBe(PRIMARY)
    const before = new Date(clock.now().getTime() - 11_000)
    expect(await get('lagging', { cookie: `pp_wrote=${before.getTime()}` })).toBe('old')
    expect(await get('lagging', { 'x-pulsepoint-written-at': before.toISOString() })).toBe('old')
  })

  it('are kept in the cache only from a replica that has the data version', async () => {
    const setVersion = (database: typeof primary, version: number) =>
      database.asAdmin('update data_versions set version = $2 where tenant_id = $1', [tenant.tenantId, version])
    await setVersion(primary, 10)
    await setVersion(replica, 10)
    expect(await get('cached')).toBe('old')
    await setVersion(primary, 11)
    expect(await get('cached')).toBe(PRIMARY)
    await setVersion(primary, 12)
    await setVersion(replica, 12)
    expect(await get('cached')).toBe('old')
  })

  it('change nothing there', async () => {
    const writing = () =>
      transaction((db) => db.query(sql`update brands set name = 'x' where tenant_id = ${tenant.tenantId}`))
    await asSystem(tenant.tenantId, () => onReplica(writing))
    // The replica refuses, so the primary does what was asked.
    expect(await replica.asAdmin('select name from brands')).toEqual([{ name: 'old' }])
    expect(await primary.asAdmin('select name from brands')).toEqual([{ name: 'x' }])
  })

  it('go to the primary when the replica is down', async () => {
    await primary.asAdmin('update brands set name = $1', [PRIMARY])
    await lead('postgres://nobody@127.0.0.1:1/none')
    const startedAt = performance.now()
    const names = []
    for (let n = 0; n < 5; n += 1) names.push(await get('lagging'))
    expect(names).toEqual(Array.from({ length: 5 }, () => PRIMARY))
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})
