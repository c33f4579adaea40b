import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { rotateKeys } from '../../../functions/maintain/chores/rotate-keys.ts'
import { forgetSecret } from '../../../shared/cloud/secrets.ts'
import { decrypt, encrypt } from '../../../shared/crypto.ts'
import { sql } from '../../../shared/db/sql.ts'
import { pseudonymsUnder, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { openCredentials, type StoredCredentials } from '../../../shared/sync/credentials.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { connectedTenant, requested, scriptedShop, TOKEN } from '../../flow/scripted.ts'
import { keyRing, setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

const OLD = randomBytes(32)
const NEW = randomBytes(32)
const SECRET_ID = '0198f000-0000-7000-8000-000000000001'
let tenant: TestTenant
let counter = 0
let opened: string[] = []
const shop = scriptedShop({ pages: 1, perPage: 5, onToken: (token) => opened.push(token) })

const platformKeys = async (ring: string) => {
  await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'ENCRYPTION_KEYS', ring)
  forgetSecret('ENCRYPTION_KEYS')
}
const only = (key: Buffer, name: string) => JSON.stringify({ current: name, keys: { [name]: key.toString('base64') } })
const sync = () => asSystem(tenant.tenantId, () => syncConnection(shop, requested(tenant), { mustStop: () => false }))
const chore = () => asSystem(PLATFORM_TENANT_ID, () => rotateKeys.run(Date.now() + 60_000))
const rowsOf = <Row>(table: string): Promise<Row[]> =>
  database.asAdmin<Row>(`select * from ${table} where tenant_id = $1`, [tenant.tenantId])
const closedBy = async () => (await rowsOf<{ wrapped_by: string }>('tenant_keys')).map(({ wrapped_by }) => wrapped_by)
const bindingOfSecret = () => ({ tenantId: tenant.tenantId, subject: SECRET_ID, field: 'n8n_secret' })
const inTenant = <T>(work: Parameters<typeof transaction<T>>[0]) => asSystem(tenant.tenantId, () => transaction(work))
const pseudonymOf = (id: string) => inTenant(async (db) => pseudonymsUnder(await tenantKeys(db))(id))

beforeEach(async () => {
  counter += 1
  opened = []
  await platformKeys(keyRing(OLD))
  tenant = await connectedTenant(`keys-${counter}`)
  await inTenant(async (db) => {
    const sealed = await encrypt(await tenantKeys(db), Buffer.from('whsec_x'), bindingOfSecret())
    await db.query(sql`insert into n8n_secrets (tenant_id, secret_id, secret_encrypted, created_at)
      values (${tenant.tenantId}, ${SECRET_ID}, ${sealed}, ${new Date()})`)
  })
})

/** All that lasts opens with the new platform key alone, and is closed by the tenant's newest. */
async function expectRotated(): Promise<void> {
  await platformKeys(only(NEW, 'k2'))
  const [connection] = await rowsOf<StoredCredentials & { integration_id: string }>('integrations')
  const [secret] = await rowsOf<{ secret_encrypted: string }>('n8n_secrets')
  if (!connection || !secret) throw new Error('they were there')
  const { current, plain, n8n } = await inTenant(async (db) => {
    const ring = await tenantKeys(db)
    const schema = z.object({ access_token: z.string() })
    return {
      current: ring.current,
      plain: await openCredentials(ring, connection, schema),
      n8n: Buffer.from(await decrypt(ring, secret.secret_encrypted, bindingOfSecret())).toString(),
    }
  })
  expect([plain.access_token, n8n]).toEqual([TOKEN, 'whsec_x'])
  const kids = await database.asAdmin<{ kid: string }>(
    `select jwe_key_id(access_token_encrypted) as kid from integrations where tenant_id = $1
     union all select jwe_key_id(secret_encrypted) from n8n_secrets where tenant_id = $1`,
    [tenant.tenantId],
  )
  expect(kids).toEqual([{ kid: current }, { kid: current }])
  expect(await closedBy()).toEqual(['k2', 'k2'])
}

describe('once the platform has a newer key', () => {
  it('a tenant’s keys and secrets are closed anew when its connection is next synced', async () => {
    const before = await pseudonymOf('gid://shopify/Customer/1')
    await platformKeys(keyRing(OLD, NEW))
    expect(await closedBy()).toEqual(['k1'])
    await sync()
    expect(opened).toEqual([TOKEN])
    await expectRotated()
    expect(await pseudonymOf('gid://shopify/Customer/1')).toBe(before)
  })

  it('the daily chore does it for whom nothing is synced; then there is nothing left for it to do', async () => {
    await platformKeys(keyRing(OLD, NEW))
    expect(await chore()).toMatchObject({ rotated: expect.any(Number), left: 0 })
    await expectRotated()
    expect(await chore()).toEqual({ rotated: 0, left: 0 })
  })

  it('two at once do it once', async () => {
    await platformKeys(keyRing(OLD, NEW))
    await Promise.all([chore(), chore(), sync()])
    await expectRotated()
  })

  it.each([
    ['does not know it', only(OLD, 'k1')],
    ['does not use it', JSON.stringify({ ...JSON.parse(keyRing(OLD, NEW)), current: 'k1' })],
  ])('an instance that %s yet asks for the keys again, and takes nothing back', async (_, stale) => {
    await platformKeys(keyRing(OLD, NEW))
    await chore()
    await platformKeys(stale)
    await inTenant(tenantKeys).catch(() => undefined) // remembers the stale ring
    await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'ENCRYPTION_KEYS', keyRing(OLD, NEW))
    await sync()
    expect(opened).toEqual([TOKEN])
    await expectRotated()
  })

  it('what no key opens is left as it is, and hinders nothing else', async () => {
    await database.asAdmin('update integrations set access_token_encrypted = $2 where tenant_id = $1', [
      tenant.tenantId,
      'eyJhbGciOiJkaXIifQ..AA.AA.AA',
    ])
    await platformKeys(keyRing(OLD, NEW))
    expect(await chore()).toMatchObject({ left: 0 })
    expect(await closedBy()).toEqual(['k2', 'k2'])
  })
})
