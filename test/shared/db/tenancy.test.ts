import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { decrypt, encrypt, newKey } from '../../../shared/crypto.ts'
import { type Sql, sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
let ada: TestTenant
let bob: TestTenant

beforeAll(async () => {
  ada = await createTenant('ada')
  bob = await createTenant('bob')
})

const RESTORED_CHECK =
  "alter policy tenant on brands with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"

const transactionAs = (tenant: TestTenant, statement: Sql) =>
  asSystem(tenant.tenantId, () => transaction((db) => db.query(statement)))
const brandNames = () => transaction((db) => db.query<{ name: string }>(sql`select name from brands`))

describe('a query', () => {
  it('without an actor is refused before a connection is taken', async () => {
    await expect(brandNames()).rejects.toMatchObject({ code: 'NO_ACTOR' })
  })

  it('sees the actor’s tenant and nothing else, however it asks', async () => {
    expect(await asSystem(ada.tenantId, brandNames)).toEqual([{ name: 'ada brand' }])
    const foreign = await asSystem(ada.tenantId, () =>
      transaction((db) => db.query(sql`select brand_id from brands where tenant_id = ${bob.tenantId} or true`)),
    )
    expect(foreign).toEqual([{ brand_id: ada.brandId }])
  })

  it('cannot write into another tenant', async () => {
    const intrusion = asSystem(ada.tenantId, () =>
      transaction((db) =>
        db.query(sql`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
          values (${bob.tenantId}, ${ada.brandId}, 'mine now', 'UTC', 'USD', now())`),
      ),
    )
    await expect(intrusion).rejects.toMatchObject({ code: '42501' })
    const moved = asSystem(ada.tenantId, () =>
      transaction((db) => db.query(sql`update brands set tenant_id = ${bob.tenantId}`)),
    )
    await expect(moved).rejects.toMatchObject({ code: '42501' })
  })

  it('on a raw connection without a tenant sees nothing', async () => {
    const client = new pg.Client({ connectionString: database.url('pulsepoint_app') })
    await client.connect()
    try {
      expect((await client.query('select * from brands')).rows).toEqual([])
      await client.query('begin')
      await client.query("select set_config('app.tenant_id', $1, true)", [ada.tenantId])
      expect((await client.query('select * from brands')).rowCount).toBe(1)
      await client.query('commit')
      // After a transaction the setting is the empty text, not null: it must not match or fail open.
      expect((await client.query('select * from brands')).rows).toEqual([])
    } finally {
      await client.end()
    }
  })
})

describe('a pooled connection', () => {
  it('is clean after an abort: 64 concurrent callers with failures injected see no foreign row', async () => {
    const probes = Array.from({ length: 640 }, async (_, at) => {
      const mine = at % 2 === 0 ? ada : bob
      const work = asSystem(mine.tenantId, () =>
        transaction(async (db) => {
          const rows = await db.query<{ tenant_id: string }>(sql`select tenant_id from brands`)
          if (at % 3 === 0) await db.query(sql`select 1 / 0`)
          return rows
        }),
      )
      const rows = await work.catch(() => [])
      return rows.filter(({ tenant_id }) => tenant_id !== mine.tenantId).length
    })
    expect((await Promise.all(probes)).reduce((sum, n) => sum + n, 0)).toBe(0)
    expect(await asSystem(ada.tenantId, brandNames)).toEqual([{ name: 'ada brand' }])
  })

  it('rolls back everything when the work fails after it wrote', async () => {
    const failing = asSystem(ada.tenantId, () =>
      transaction(async (db) => {
        await db.query(sql`update brands set name = 'half written'`)
        throw new Error('stop')
      }),
    )
    await expect(failing).rejects.toThrow('stop')
    expect(await asSystem(ada.tenantId, brandNames)).toEqual([{ name: 'ada brand' }])
  })

  it('does not report success for a transaction that had failed inside', async () => {
    const swallowed = asSystem(ada.tenantId, () =>
      transaction(async (db) => {
        await db.query(sql`update brands set name = 'lost'`)
        await db.query(sql`select 1 / 0`).catch(() => undefined)
      }),
    )
    await expect(swallowed).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('a narrow role', () => {
  const refusedFor: [role: string, statement: string][] = [
    ['pulsepoint_scheduler', 'select access_token_encrypted from integrations'],
    ['pulsepoint_scheduler', 'select * from orders'],
    ['pulsepoint_scheduler', "update integrations set status = 'active'"],
    ['pulsepoint_relay', 'select * from integrations'],
    [
      'pulsepoint_relay',
      "insert into outbox (tenant_id, event_id, topic, attributes, data) values (gen_random_uuid(), gen_random_uuid(), 't', '{}', '{}')",
    ],
    ['pulsepoint_events', 'select * from observability_events'],
    ['pulsepoint_events', 'delete from observability_events'],
    ['pulsepoint_operator', 'select * from orders'],
    ['pulsepoint_operator', 'select hashed_password from users'],
    ['pulsepoint_app', 'delete from observability_events'],
    ['pulsepoint_app', 'select * from observability_facts'],
    ['pulsepoint_app', 'create table mine (id int)'],
    ['pulsepoint_app', 'alter table brands disable row level security'],
    ['pulsepoint_app', 'set role pulsepoint_owner'],
    ['pulsepoint_app', 'set role pulsepoint_scheduler'],
  ]
  it.each(refusedFor)('%s may not: %s', async (role, statement) => {
    const client = new pg.Client({ connectionString: database.url(role) })
    await client.connect()
    try {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
    } finally {
      await client.end()
    }
  })

  it('the app that steps down to telemetry writes for any tenant and reads none', async () => {
    const reading = asSystem(ada.tenantId, () =>
      transaction((db) => db.query(sql`select 1 from observability_events`), { role: 'pulsepoint_events' }),
    )
    await expect(reading).rejects.toMatchObject({ code: '42501' })
  })
})

describe('these tests notice when a wall is taken down:', () => {
  const without = async (down: string, up: string, work: () => Promise<void>): Promise<void> => {
    await database.asAdmin(down)
    try {
      await work()
    } finally {
      await database.asAdmin(up)
    }
  }

  it('row-level security', () =>
    without(
      'alter table brands disable row level security',
      'alter table brands enable row level security',
      async () => {
        expect(await asSystem(ada.tenantId, brandNames)).toHaveLength(2)
      },
    ))

  it('the check on writes', () =>
    without('alter policy tenant on brands with check (true)', RESTORED_CHECK, async () => {
      await database.asAdmin('alter table brands disable trigger brands_shown') // it writes a row of the same tenant, which would be refused
      const moved = transactionAs(
        ada,
        sql`update brands set tenant_id = ${bob.tenantId} where false returning brand_id`,
      )
      await expect(moved).resolves.toEqual([])
      const intruder = sql`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
        values (${bob.tenantId}, ${ada.brandId}, 'mine now', 'UTC', 'USD', now())`
      await expect(transactionAs(ada, intruder)).resolves.toEqual([])
      await database.asAdmin("delete from brands where name = 'mine now'")
      await database.asAdmin('alter table brands enable trigger brands_shown')
    }))

  it('the tenant set for the transaction alone: set for the session, a pooled connection leaks', async () => {
    const pool = new pg.Pool({ connectionString: database.url('pulsepoint_app'), max: 1 })
    try {
      await pool.query("select set_config('app.tenant_id', $1, false)", [ada.tenantId])
      expect((await pool.query('select tenant_id from brands')).rows).toEqual([{ tenant_id: ada.tenantId }])
    } finally {
      await pool.end()
    }
  })

  it('the narrow grant', () =>
    without(
      'grant select on orders to pulsepoint_scheduler',
      'revoke select on orders from pulsepoint_scheduler',
      async () => {
        const client = new pg.Client({ connectionString: database.url('pulsepoint_scheduler') })
        await client.connect()
        expect((await client.query('select * from orders')).rows).toEqual([])
        await client.end()
      },
    ))

  it('the binding of a ciphertext: under the same key only the binding keeps another tenant out', async () => {
    const ring = { current: 'k1', keys: { k1: newKey() } }
    const mine = { tenantId: ada.tenantId, subject: ada.integrationId, field: 'access_token' }
    const jwe = await encrypt(ring, Buffer.from('token'), mine)
    await expect(decrypt(ring, jwe, { ...mine, tenantId: bob.tenantId })).rejects.toMatchObject({
      code: 'CRYPTO_REFUSED',
    })
    expect(Buffer.from(await decrypt(ring, jwe, mine)).toString()).toBe('token')
  })
})
