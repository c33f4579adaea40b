import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { eraseTenants } from '../../../functions/maintain/chores/erase-tenants.ts'
import { maintain } from '../../../functions/maintain/maintain.ts'
import { bigQuery } from '../../../shared/cloud/bigquery.ts'
import { config } from '../../../shared/config.ts'
import { decrypt } from '../../../shared/crypto.ts'
import { eraseTenant } from '../../../shared/db/erase-tenant.ts'
import { sql } from '../../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { storeAnswer } from '../../../shared/operations/answer-store.ts'
import { sealCredentials } from '../../../shared/sync/credentials.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { PLATFORM_TENANT_ID, tenantKey } from '../../../shared/tenant.ts'
import { datasetId } from '../../../shared/warehouse/dataset.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { keepEndpoint } from '../../../shared/webhooks/endpoint.ts'
import { holdLocks, until, waitingForLocks } from '../../flow/locks.ts'
import { connectedTenant, requested, scriptedShop } from '../../flow/scripted.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson, type SignedIn, signIn } from '../../support/people.ts'
import { pulled } from '../../support/pulled.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const PASSWORD = 'correct horse battery staple'
const database = useDatabase()
const cloud = useCloud()
const call = useApi()

let ours: TestTenant
let admin: SignedIn
let companyName: string
let count = 0

beforeEach(async () => {
  count += 1
  companyName = `company ${count}`
  ours = await createTenant(companyName)
  admin = await signIn(ours.tenantId, 'admin')
  await asSystem(ours.tenantId, () => transaction(addTenantKey))
})

const closeTenant = () =>
  call('/api/privacy/tenant/delete', { token: admin.token, body: { confirm_company_name: companyName } })
const graceIsOver = () =>
  database.asAdmin(`update tenants set erase_after = now() - interval '1 minute' where id = $1`, [ours.tenantId])
const runMaintenance = () => asSystem(PLATFORM_TENANT_ID, () => maintain([eraseTenants]))
/** A new session: what an instance knows of an old one may be 15 s old. */
const adminAgain = async (): Promise<string> => (await signIn(ours.tenantId, 'admin')).token

/** Tables that still have rows of the tenant. */
async function whereRowsAre(tenantId: string): Promise<string[]> {
  const tables = await database.asAdmin<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await database.asAdmin(`select 1 from "${name}" where tenant_id = $1 limit 1`, [tenantId])
    if (rows.length > 0) found.push(name)
  }
  return found
}

/** Tables of any kind in which some row says this word. */
async function tablesWith(word: string): Promise<string[]> {
  const tables = await database.asAdmin<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await database.asAdmin(`select 1 from "${name}" t where strpos(t::text, $1) > 0 limit 1`, [word])
    if (rows.length > 0) found.push(name)
  }
  return found
}

describe('erasing a user', () => {
  it('frees the e-mail, ends the sessions and leaves the audit the id alone', async () => {
    const gone = await signIn(ours.tenantId, 'analyst')
    await call('/api/privacy/export', { token: gone.token })
    const erased = await call(`/api/privacy/users/${gone.userId}/erase`, { token: admin.token, body: {} })
    expect(erased).toMatchObject({ status: 200, body: { user_id: gone.userId } })
    expect(await database.asAdmin('select 1 from sessions where user_id = $1', [gone.userId])).toEqual([])
    const rows = await database.asAdmin('select * from users where user_id = $1', [gone.userId])
    expect(JSON.stringify(rows)).not.toContain(gone.email)
    await createPerson(ours.tenantId, { email: gone.email })
    const again = await call(`/api/privacy/users/${gone.userId}/erase`, { token: admin.token, body: {} })
    expect(again.body).toEqual(erased.body)
  })

  it('clears what they typed, from searches too; that they asked, rated and decided stays', async () => {
    const gone = await signIn(ours.tenantId, 'analyst')
    const id = uuidv7()
    const word = `zyzzyva${count}`
    await database.asAdmin(
      `insert into ai_questions (tenant_id, question_id, asked_by, question_text, question_category, asked_at) values ($1, $2, $3, $4, 'sales', now())`,
      [ours.tenantId, id, gone.userId, `Why ${word}?`],
    )
    await database.asAdmin(
      `insert into ai_feedback (tenant_id, question_id, provided_by, rating, accuracy_comment, provided_at) values ($1, $2, $3, 4, $4, now())`,
      [ours.tenantId, id, gone.userId, word],
    )
    await database.asAdmin(
      `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, status, title, body, currency, basis, confidence, created_at, updated_at, decided_by, dismiss_reason)
       values ($1, $2, uuidv7(), 'tracking_gap', 'c', 'dismissed', 't', '{}', 'USD', 'revenue', 'low', now(), now(), $3, $4)`,
      [ours.tenantId, ours.brandId, gone.userId, word],
    )
    await database.asAdmin(
      `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", user_id, request_id, metadata)
       values ($1, $2, 'fact', 'ai.question_asked', now(), $3, 'r', '{"question": "Why quagga?"}')`,
      [ours.tenantId, id, gone.userId],
    )
    const found = () => database.asAdmin('select user_id from audit_words where event_id = $1', [id])
    expect((await found()).length).toBe(2)
    expect((await tablesWith(word)).length).toBeGreaterThan(2)
    await call(`/api/privacy/users/${gone.userId}/erase`, { token: admin.token, body: {} })
    expect(await tablesWith(word)).toEqual([])
    expect(await found()).toEqual([])
    const left = await database.asAdmin(
      'select asked_by, rating from ai_questions join ai_feedback using (question_id) where question_id = $1',
      [id],
    )
    expect(left).toEqual([{ asked_by: gone.userId, rating: 4 }])
  })

  it('leaves an admin, also when two erase each other at once', async () => {
    const alone = await call(`/api/privacy/users/${admin.userId}/erase`, { token: admin.token, body: {} })
    expect(alone).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
    const other = await signIn(ours.tenantId, 'admin')
    for (const { token } of [admin, other]) expect((await call('/api/auth/me', { token })).status).toBe(200)
    const release = await holdLocks(database, 'lock table users in share mode')
    const both = Promise.all([
      call(`/api/privacy/users/${other.userId}/erase`, { token: admin.token, body: {} }),
      call(`/api/privacy/users/${admin.userId}/erase`, { token: other.token, body: {} }),
    ])
    await until(async () => (await waitingForLocks(database)) === 2)
    await release()
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

describe('a tenant that is being deleted', () => {
  it('wants its name, and is never the platform', async () => {
    const wrong = await call('/api/privacy/tenant/delete', { token: admin.token, body: { confirm_company_name: 'x' } })
    expect(wrong.body).toHaveProperty('error.details.fields.confirm_company_name')
    const platform = await signIn(PLATFORM_TENANT_ID, 'admin')
    const body = { confirm_company_name: 'Pulsepoint Platform' }
    expect((await call('/api/privacy/tenant/delete', { token: platform.token, body })).status).toBe(409)
  })

  it('answers its state and its restoring to an admin, who may sign in for that, and nothing else', async () => {
    const email = `${uuidv7()}@example.com`
    await createPerson(ours.tenantId, { email, role: 'admin', password: PASSWORD })
    expect(await closeTenant()).toMatchObject({ status: 202, body: { status: 'deleting' } })
    const signedIn = await call('/api/auth/login', { body: { email, password: PASSWORD } })
    const { access_token: token } = signedIn.body as { access_token: string } // the login's own output
    for (const path of ['/api/brands', '/api/auth/me', '/api/privacy/export', '/api/admin/audit']) {
      expect([path, (await call(path, { token })).status]).toEqual([path, 403])
    }
    const analyst = await signIn(ours.tenantId, 'analyst')
    expect((await call('/api/privacy/tenant', { token: analyst.token })).status).toBe(403)
    expect(await call('/api/privacy/tenant', { token })).toMatchObject({ status: 200, body: { status: 'deleting' } })
    expect(await call('/api/privacy/tenant/restore', { token, body: {} })).toMatchObject({
      status: 200,
      body: { status: 'active', erase_after: null },
    })
    expect((await call('/api/brands', { token: await adminAgain() })).status).toBe(200)
  })

  it('is left alone until its grace period is over', async () => {
    await closeTenant()
    expect(await runMaintenance()).toEqual({ 'erase-tenants': { due: 0, erased: 0 } })
    expect(await asSystem(ours.tenantId, () => eraseTenant(() => false))).toBe(false)
    expect(await whereRowsAre(ours.tenantId)).toContain('tenant_keys')
  })
})

describe('the erasure', () => {
  it('takes every row, the dataset and the name, of that tenant alone', async () => {
    const neighbour = await createTenant(`neighbour ${count}`)
    const before = await whereRowsAre(neighbour.tenantId)
    const builds = pulled(cloud, 'tenant.created')
    await builds.listen()
    await provisionTenant(ours.tenantId)
    await closeTenant()
    await graceIsOver()
    expect(await runMaintenance()).toEqual({ 'erase-tenants': { due: 1, erased: 1 } })
    expect(await whereRowsAre(ours.tenantId)).toEqual([])
    expect(await database.asAdmin('select 1 from tenants where id = $1', [ours.tenantId])).toEqual([])
    expect(await (await bigQuery()).dataset(datasetId(ours.tenantId)).exists()).toEqual([false])
    expect(await whereRowsAre(neighbour.tenantId)).toEqual(before)
    expect(await runMaintenance()).toEqual({ 'erase-tenants': { due: 0, erased: 0 } })
    const told = await builds.of({ tenantId: PLATFORM_TENANT_ID })
    expect(told).toContainEqual({ tenant_id: ours.tenantId, change: 'erased' })
  })

  it('leaves nothing of the tenant in any table, the warehouse or the cache, and no ciphertext that still opens', async () => {
    const [neighbour, marker] = [await createTenant(`beside ${count}`), `marker-${uuidv7()}`]
    const binding = { integrationId: ours.integrationId }
    const jwe = await asSystem(ours.tenantId, () =>
      transaction(async (db) => {
        const sealed = await sealCredentials(await tenantKeys(db), binding.integrationId, { access_token: marker })
        await db.query(sql`update integrations set access_token_encrypted = ${sealed.access_token_encrypted}, account_name = ${marker}
          where tenant_id = ${ours.tenantId}`)
        await keepEndpoint(db, 'alerts', `https://${marker}.example.com`)
        await record(db, 'admin.action', { data: { action: marker, subject_id: null, details: {} } })
        return sealed.access_token_encrypted
      }),
    )
    await provisionTenant(ours.tenantId)
    const cached = { text: marker, etag: 'e', madeAt: Date.now() }
    await storeAnswer(tenantKey('answer', ours.tenantId), cached, new Date(Date.now() + 3_600_000))
    expect(await tablesWith(marker)).toEqual(
      expect.arrayContaining(['integrations', 'webhook_endpoints', 'observability_events']),
    )
    await closeTenant()
    await graceIsOver()
    await runMaintenance()
    expect(await tablesWith(marker)).toEqual([])
    // The platform's own note that it was done knows the id, which leads nowhere.
    expect(await tablesWith(ours.tenantId)).toEqual(['observability_events'])
    expect(await tablesWith(neighbour.tenantId)).toContain('brands')
    expect(await (await bigQuery()).dataset(datasetId(ours.tenantId)).exists()).toEqual([false])
    // What was cached lives an hour at most, and the grace period is never shorter than a day.
    expect(config('DELETION_GRACE_DAYS') * 24).toBeGreaterThan(1)
    const subject = { tenantId: ours.tenantId, subject: binding.integrationId, field: 'access_token' }
    await expect(
      asSystem(ours.tenantId, () => transaction(async (db) => decrypt(await tenantKeys(db), jwe ?? '', subject))),
    ).rejects.toMatchObject({ code: 'CRYPTO_REFUSED' })
  })

  it('in the middle of a sync brings nothing back to life', async () => {
    const tenant = await connectedTenant(`mid-sync ${count}`)
    let erased = false
    const beforePage = async (at: number): Promise<void> => {
      if (at !== 2 || erased) return
      erased = true
      await database.asAdmin(
        `update tenants set status = 'deleting', erase_after = now() - interval '1 minute' where id = $1`,
        [tenant.tenantId],
      )
      await runMaintenance()
    }
    const shop = scriptedShop({ pages: 4, perPage: 250, beforePage })
    await asSystem(tenant.tenantId, () => syncConnection(shop, requested(tenant), { mustStop: () => false })).catch(
      (error: unknown) => expect(error).toBeInstanceOf(Error),
    )
    expect(erased).toBe(true)
    expect(await whereRowsAre(tenant.tenantId)).toEqual([])
  })

  it('destroys the keys first, cannot be taken back, and goes on where it was stopped', async () => {
    await database.asAdmin(
      `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id)
       select $1, uuidv7(), 'fact', 'data.accessed', now() - n * interval '1 hour', 'r' from generate_series(1, 300) n`,
      [ours.tenantId],
    )
    await closeTenant()
    const token = await adminAgain()
    await graceIsOver()
    const answers = [false] // for one batch: that of the keys
    const stopped = await asSystem(ours.tenantId, () => eraseTenant(() => answers.pop() ?? true))
    expect([stopped, await whereRowsAre(ours.tenantId)]).toEqual([false, expect.not.arrayContaining(['tenant_keys'])])
    expect(await whereRowsAre(ours.tenantId)).toContain('observability_events')
    expect((await call('/api/privacy/tenant/restore', { token, body: {} })).status).toBe(409)
    expect(await runMaintenance()).toEqual({ 'erase-tenants': { due: 1, erased: 1 } })
    expect(await whereRowsAre(ours.tenantId)).toEqual([])
  })

  it('is done by a role that deletes nothing of a tenant whose erasure has not begun, and reads no content', async () => {
    const asEraser = (text: ReturnType<typeof sql>) =>
      asSystem(ours.tenantId, () => transaction((db) => db.query(text), { role: 'pulsepoint_eraser' }))
    expect(await asEraser(sql`delete from brands where tenant_id = ${ours.tenantId} returning tenant_id`)).toEqual([])
    await expect(asEraser(sql`select name from brands`)).rejects.toThrow('permission denied')
    await closeTenant()
    expect(await asEraser(sql`delete from brands where tenant_id = ${ours.tenantId} returning tenant_id`)).toEqual([])
    // Or each batch would read the whole table, of all tenants: only a leakproof operator finds rows by ctid under row-level security.
    const [byCtid] = await database.asAdmin(`select proleakproof from pg_proc where proname = 'tideq'`)
    expect(byCtid).toEqual({ proleakproof: true })
  })
})
