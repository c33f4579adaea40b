import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { selectBrands } from '../../../shared/operations/brands/list.ts'
import { synced } from '../../functions/attribute-orders/shop.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let admin: SignedIn
let manager: SignedIn

beforeAll(async () => {
  tenant = await createTenant('acme')
  admin = await signIn(tenant.tenantId, 'admin')
  manager = await signIn(tenant.tenantId, 'manager')
})

type Brand = { id: string; name: string } & Record<string, unknown>
const brandOf = (body: unknown): Brand => (body as { brand: Brand }).brand
const create = (body: object, token = manager.token) => call('/api/brands', { token, body })
const patch = (id: string, body: object, token = manager.token) =>
  call(`/api/brands/${id}`, { token, method: 'PATCH', body })
const remove = (id: string, confirm: string, token = admin.token) =>
  call(`/api/brands/${id}?confirm_name=${encodeURIComponent(confirm)}`, { token, method: 'DELETE' })
const factsOf = (brandId: string) =>
  database.asAdmin<{ event_type: string; user_id: string; metadata: { changes?: object } }>(
    'select event_type, user_id, metadata from observability_events where brand_id = $1 order by "timestamp", event_id',
    [brandId],
  )
const plain = (name: string) => ({ name, time_zone: 'Europe/Berlin', currency: 'EUR' })

describe('a new brand', () => {
  it('is there, with its shop as one canonical address, and a fact says who made it', async () => {
    const answer = await create({ ...plain('  Fjällräven '), shopify_store_url: 'HTTPS://Fjall.MyShopify.com/' })
    expect(answer).toMatchObject({ status: 201, body: { brand: { name: 'Fjällräven', currency: 'EUR' } } })
    const brand = brandOf(answer.body)
    expect(brand.shopify_store_url).toBe('https://fjall.myshopify.com')
    expect((await call(`/api/brands/${brand.id}`, { token: manager.token })).body).toEqual({ brand })
    expect(await factsOf(brand.id)).toMatchObject([{ event_type: 'config.changed', user_id: manager.userId }])
  })

  it.each([
    ['time_zone', 'Mars/Olympus'],
    ['time_zone', '+05:30'],
    ['time_zone', 'EST'],
    ['time_zone', 'europe/berlin'],
    ['time_zone', '../../etc/passwd'],
    ['currency', 'EURO'],
    ['currency', 'eur'],
    ['currency', 'XYZ'],
    ['name', ''],
    ['name', '   '],
    ['name', 'a\0b'],
    ['name', 'a\u001b[31mb'],
    ['name', 'a\r\nBcc: b'],
    ['name', 'a\u202eb'],
    ['name', 'a\ud800b'],
    ['name', 'x'.repeat(201)],
    ['shopify_store_url', 'https://acme.myshopify.com.evil.tld'],
    ['shopify_store_url', 'https://user@acme.myshopify.com'],
  ])('is refused with the %s %j, by that field', async (field, value) => {
    const answer = await create({ ...plain('Refused'), [field]: value })
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { [field]: expect.anything() } } } },
    })
  })

  it('has a name that no other brand of the tenant has, whatever another tenant has', async () => {
    const other = await createTenant('other')
    const stranger = await signIn(other.tenantId, 'manager')
    const answers = await Promise.all([1, 2, 3].map(() => create(plain('Once'))))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect((await create(plain('Once'), stranger.token)).status).toBe(201)
  })

  it('takes zone and currency from the settings, and is refused when nobody names them', async () => {
    expect(await create({ name: 'Bare' })).toMatchObject({ status: 400 })
    const settings = { default_time_zone: 'Asia/Tokyo', default_currency: 'JPY' }
    await call('/api/admin/settings', { token: admin.token, method: 'PUT', body: settings })
    expect(brandOf((await create({ name: 'Bare' })).body)).toMatchObject({ time_zone: 'Asia/Tokyo', currency: 'JPY' })
  })
})

describe('a changed brand', () => {
  it('keeps what two people change at once, and is told as what changed', async () => {
    const { id } = brandOf((await create(plain('Two at once'))).body)
    const [one, two] = await Promise.all([
      patch(id, { name: 'Renamed' }),
      patch(id, { shopify_store_url: 'https://two.myshopify.com' }),
    ])
    expect([one.status, two.status]).toEqual([200, 200])
    const brand = brandOf((await call(`/api/brands/${id}`, { token: manager.token })).body)
    expect(brand).toMatchObject({ name: 'Renamed', shopify_store_url: 'https://two.myshopify.com', currency: 'EUR' })
    expect((await patch(id, { name: 'Renamed' })).status).toBe(200)
    const changes = (await factsOf(id)).slice(1).map(({ metadata }) => metadata.changes)
    expect(changes).toHaveLength(2)
    expect(changes).toContainEqual({ name: { from: 'Two at once', to: 'Renamed' } })
    expect(brandOf((await patch(id, { shopify_store_url: null })).body).shopify_store_url).toBeNull()
  })

  it("never takes another brand's name, also when two try at once", async () => {
    const made = await Promise.all(['Left', 'Right'].map((name) => create(plain(name))))
    const answers = await Promise.all(made.map(({ body }) => patch(brandOf(body).id, { name: 'Middle' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

describe('a deleted brand', () => {
  it('is named once more by who deletes it, and takes everything with it', async () => {
    const doomed = await createTenant('doomed')
    const [owner, keeper] = [await signIn(doomed.tenantId, 'admin'), await signIn(doomed.tenantId, 'manager')]
    await synced(doomed, { orders: [order('1')] })
    expect((await remove(doomed.brandId, 'doomed brand', keeper.token)).status).toBe(403)
    for (const wrong of ['', 'Doomed Brand', 'doomed'])
      expect(await remove(doomed.brandId, wrong, owner.token)).toMatchObject({ status: 400 })
    expect((await remove(tenant.brandId, 'acme brand', owner.token)).status).toBe(404)
    expect(await remove(doomed.brandId, 'doomed brand', owner.token)).toMatchObject({ status: 200 })
    for (const table of ['brands', 'integrations', 'orders', 'touched_days'])
      expect(await database.asAdmin(`select 1 from ${table} where tenant_id = $1`, [doomed.tenantId])).toEqual([])
    expect(await factsOf(doomed.brandId)).toMatchObject([{ event_type: 'admin.action', user_id: owner.userId }])
    expect((await remove(doomed.brandId, 'doomed brand', owner.token)).status).toBe(404)
  })
})

describe('the search', () => {
  const NAMES = [
    'Ærø Straße',
    'Café Noir',
    'Cafe Noir Paris',
    'Noir',
    "L'Oréal H&M",
    'Northwind Outdoor',
    'Northwind',
    'North Sea',
    "x' | y & !z :* <-> \\",
  ]
  let token: string
  let searched: TestTenant

  beforeAll(async () => {
    searched = await createTenant('searched')
    token = (await signIn(searched.tenantId)).token
    for (const name of NAMES) await add(searched.tenantId, name)
    await add(tenant.tenantId, 'Noir of another tenant')
  })

  const add = (tenantId: string, name: string) =>
    database.asAdmin(
      `insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at) values ($1, $2, $3, 'UTC', 'USD', now())`,
      [tenantId, uuidv7(), name],
    )
  const find = async (text: string, rest = ''): Promise<string[]> => {
    const answer = await call(`/api/brands?search=${encodeURIComponent(text)}${rest}`, { token })
    expect([text, answer.status]).toEqual([text, 200])
    return (answer.body as { brands: Brand[] }).brands.map(({ name }) => name)
  }

  it.each([
    ['NOIR', ['Noir', 'Café Noir', 'Cafe Noir Paris']],
    ['cafe noir', ['Café Noir', 'Cafe Noir Paris']],
    ['noir café', ['Café Noir', 'Cafe Noir Paris']],
    ['CAFÉ par', ['Cafe Noir Paris']],
    ['north', ['North Sea', 'Northwind', 'Northwind Outdoor']],
    ['northw', ['Northwind', 'Northwind Outdoor']],
    ['aero strasse', ['Ærø Straße']],
    ['oreal', ["L'Oréal H&M"]],
    ['h&m', ["L'Oréal H&M"]],
    ['wind', []],
    ['noir nothing', []],
  ])('%s finds %j, best first', async (text, names) => {
    expect(await find(text)).toEqual(names)
  })

  it.each([
    "'",
    "''",
    "noir' | 'x",
    'noir:*',
    '!noir',
    '& | !',
    ':*',
    '\\',
    '<->',
    '(noir',
    '',
    '   ',
    '%',
    '_',
    "'; drop table brands --",
  ])('takes %j as words, never as an operator', async (text) => {
    const found = await find(text)
    expect(found.every((name) => NAMES.includes(name))).toBe(true)
    expect(found).not.toContain('North Sea')
  })

  it('refuses what Postgres cannot read', async () => {
    expect(await call('/api/brands?search=%00', { token })).toMatchObject({ status: 400 })
    expect(await call(`/api/brands?search=${'x'.repeat(201)}`, { token })).toMatchObject({ status: 400 })
  })

  it('is paged without a gap or a repeat, also among names that fit alike', async () => {
    for (let at = 0; at < 25; at += 1) await add(searched.tenantId, `Many ${at % 5 ? 'things' : 'thing'} ${at}`)
    const seen: string[] = []
    for (let cursor = ''; cursor !== 'null'; ) {
      const answer = await call(`/api/brands?search=thing&limit=4${cursor && `&cursor=${cursor}`}`, { token })
      const { brands, next_cursor } = answer.body as { brands: Brand[]; next_cursor: string | null }
      seen.push(...brands.map(({ name }) => name))
      cursor = String(next_cursor)
    }
    expect(seen.slice(0, 5).every((name) => /thing \d/.test(name))).toBe(true)
    expect(seen).toEqual(await find('thing', '&limit=100'))
    expect(new Set(seen).size).toBe(25)
  })

  it("reads the tenant's brands by their key and no other tenant's", async () => {
    await database.asAdmin(`
      insert into tenants (id, company_name, created_at) select gen_random_uuid(), 'big ' || n, now() from generate_series(1, 20) n`)
    await database.asAdmin(`
      insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
      select t.id, gen_random_uuid(), 'Brand ' || n, 'UTC', 'USD', now() from tenants t, generate_series(1, 1000) n where t.company_name like 'big %'`)
    await database.asAdmin('analyze brands')
    for (const search of [undefined, 'noir']) {
      const cursor = Buffer.from(JSON.stringify(['0.1', 'Noir', uuidv7()])).toString('base64url')
      const plan = await asSystem(searched.tenantId, () =>
        transaction((db) =>
          db.query<Record<string, string>>(sql`explain ${selectBrands({ limit: 5, cursor, search })}`),
        ),
      )
      const text = plan.map((row) => row['QUERY PLAN']).join('\n')
      expect(text).toMatch(/Index (Only )?Scan|Bitmap Index Scan/)
      expect(text).not.toContain('Seq Scan on brands')
    }
  })
})
