import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { selectAlerts } from '../../../shared/operations/alerts/list.ts'
import { encodeCursor } from '../../../shared/operations/page.ts'
import { make } from '../../contracts/places/alerts.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let manager: SignedIn
let admin: SignedIn
let count = 0

beforeEach(async () => {
  count += 1
  tenant = await createTenant(`alerts ${count}`)
  manager = await signIn(tenant.tenantId, 'manager')
  admin = await signIn(tenant.tenantId, 'admin')
})

const raise = () => asSystem(tenant.tenantId, () => transaction((db) => make(db, tenant)))
const act = (id: string, verb: string, body: object = {}, token = manager.token) =>
  call(`/api/alerts/${id}/${verb}`, { token, body })
const factsOf = (type: string) =>
  database.asAdmin<{ user_id: string; metadata: object }>(
    'select user_id, metadata from observability_events where tenant_id = $1 and event_type = $2',
    [tenant.tenantId, type],
  )

describe('an alert', () => {
  it('is taken on once, whoever asks again, and says by whom and when', async () => {
    const id = await raise()
    const answers = await Promise.all([act(id, 'acknowledge'), act(id, 'acknowledge', {}, admin.token)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0].body).toEqual(answers[1].body)
    const [fact, ...more] = await factsOf('admin.action')
    expect([fact?.metadata, more]).toMatchObject([{ action: 'alert.acknowledged', subject_id: id }, []])
    expect(answers[0].body).toMatchObject({
      alert: {
        status: 'acknowledged',
        acknowledged_by: fact?.user_id,
        acknowledged_at: expect.any(String),
        resolved_at: null,
      },
    })
    expect((await call(`/api/alerts/${id}`, { token: manager.token })).body).toEqual(answers[0].body)
  })

  it('is resolved once with one fact, keeps its first note, and is then not taken on any more', async () => {
    const id = await raise()
    const answers = await Promise.all(['first', 'second'].map((note) => act(id, 'resolve', { note })))
    expect(answers[0]?.body).toEqual(answers[1]?.body)
    expect(answers[0]?.body).toMatchObject({
      alert: {
        status: 'resolved',
        resolved_by: manager.userId,
        resolution_note: expect.stringMatching(/first|second/),
      },
    })
    expect((await act(id, 'resolve')).body).toEqual(answers[0]?.body)
    const facts = await factsOf('alert.resolved')
    expect(facts).toMatchObject([{ user_id: manager.userId, metadata: { alert_id: id, rule: 'sync_failed' } }])
    expect(await act(id, 'acknowledge')).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
  })

  it('keeps its history when the person is deleted', async () => {
    const id = await raise()
    await act(id, 'acknowledge')
    await database.asAdmin('delete from users where user_id = $1', [manager.userId])
    const answer = await call(`/api/alerts/${id}`, { token: admin.token })
    expect(answer).toMatchObject({ body: { alert: { status: 'acknowledged', acknowledged_by: null } } })
  })
})

describe('the rules', () => {
  const rules = () => call('/api/alerts/rules', { token: manager.token })
  const change = (rule: string, body: object) =>
    call(`/api/alerts/rules/${rule}`, { token: admin.token, method: 'PATCH', body })

  it('are all listed, under a path that is no alert', async () => {
    const { status, body } = await rules()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      rules: expect.arrayContaining([
        expect.objectContaining({
          rule: 'error_rate',
          enabled: true,
          threshold: expect.objectContaining({ value: 5 }),
        }),
        expect.objectContaining({
          rule: 'sync_failed',
          threshold: null,
          channels: ['slack', 'webhook'],
          is_default: true,
        }),
      ]),
    })
    const put = await call('/api/alerts/rules', { token: admin.token, method: 'PUT', body: {} })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  it('keep what two people change at once, and return to their defaults with null', async () => {
    const muted_until = new Date(Date.now() + 3_600_000).toISOString()
    await Promise.all([
      change('error_rate', { threshold: 2.5 }),
      change('error_rate', { channels: [] }),
      change('error_rate', { muted_until }),
      change('error_rate', { enabled: false }),
    ])
    const answer = await change('error_rate', {})
    expect(answer.body).toMatchObject({
      rule: { enabled: false, threshold: { value: 2.5, default: 5 }, channels: [], muted_until, is_default: false },
    })
    const facts = await factsOf('config.changed')
    expect(facts).toHaveLength(4)
    expect(facts.map(({ metadata }) => metadata)).toContainEqual({
      what: 'alert_rule',
      subject_id: 'error_rate',
      changes: { threshold: { from: null, to: 2.5 } },
    })
    const back = await change('error_rate', { enabled: null, threshold: null, channels: null, muted_until: null })
    expect(back.body).toMatchObject({
      rule: { enabled: true, threshold: { value: 5 }, channels: ['slack', 'email', 'webhook'], is_default: true },
    })
    const past = await change('error_rate', { muted_until: '2020-01-01T00:00:00Z' })
    expect(past.body).toMatchObject({ rule: { muted_until: null } })
  })

  it.each<[string, object, number]>([
    ['error_rate', { threshold: 0 }, 400],
    ['error_rate', { threshold: 101 }, 400],
    ['error_rate', { threshold: 'many' }, 400],
    ['sync_failed', { threshold: 5 }, 400],
    ['error_rate', { needed: 6 }, 400],
    ['error_rate', { of_last: 2 }, 400],
    ['error_rate', { needed: 61, of_last: 61 }, 400],
    ['error_rate', { needed: 0 }, 400],
    ['accuracy', { needed: 1 }, 400],
    ['sync_failed', { channels: ['pigeon'] }, 400],
    ['sync_failed', { muted_until: 'tomorrow' }, 400],
    ['sync_failed', { severity: 'info' }, 400],
    ['nothing', { enabled: false }, 404],
    ['toString', { enabled: false }, 404],
  ])('%s takes no %j', async (rule, body, status) => {
    expect((await change(rule, body)).status).toBe(status)
  })

  it('say in how many of the last windows a breach must be found', async () => {
    const fresh = { needed: 3, of_last: 5 }
    const limits = { default: fresh, max: 60, unit: 'minutes' }
    const set = await change('error_rate', { needed: 2, of_last: 3 })
    expect(set.body).toMatchObject({ rule: { persistence: { needed: 2, of_last: 3, ...limits }, is_default: false } })
    const back = await change('error_rate', { needed: null, of_last: null })
    expect(back.body).toMatchObject({ rule: { persistence: { ...fresh, ...limits } } })
    expect((await change('accuracy', { needed: null })).body).toMatchObject({ rule: { persistence: null } })
  })

  it("are each tenant's own", async () => {
    await change('error_rate', { threshold: 49.5 })
    const other = await signIn((await createTenant(`strange ${count}`)).tenantId)
    const { body } = await call('/api/alerts/rules', { token: other.token })
    expect(JSON.stringify(body)).not.toContain('49.5')
  })
})

describe('the list', () => {
  it('continues by the index at 50,000 alerts, to the microsecond', async () => {
    await database.asAdmin(
      `insert into alerts (tenant_id, alert_id, rule, cause, severity, status, title, message, raised_at)
       select $1, gen_random_uuid(), 'r', n::text, 'info', 'resolved', 't', 'm', '2026-11-20T10:00:00Z'::timestamptz - n * interval '1 microsecond'
       from generate_series(1, 50000) n`,
      [tenant.tenantId],
    )
    await database.asAdmin('analyze alerts')
    const cursor = encodeCursor(['2026-11-20T09:59:59.975000Z', uuidv7()])
    const [plan, rows] = await asSystem(tenant.tenantId, () =>
      transaction((db) => {
        const select = selectAlerts({ limit: 50, cursor })
        return Promise.all([
          db.query<Record<string, string>>(sql`explain (analyze, buffers off, timing off) ${select}`),
          db.query<{ cause: string }>(select),
        ])
      }),
    )
    const text = plan.map((row) => row['QUERY PLAN']).join('\n')
    expect(text).toMatch(/Index Cond: .*tenant_id = .*raised_at <= /)
    expect(text).not.toContain('Sort')
    expect(rows).toHaveLength(51)
    expect(rows.map(({ cause }) => cause)).toEqual(
      rows.map((_, at) => String(25_000 + Number(rows[0]?.cause !== '25000') + at)),
    )
  })
})
