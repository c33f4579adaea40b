import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, it } from 'vitest'
import { explainAlert } from '../../../functions/generate-insights/alert.ts'
import { openShop } from '../../shared/operations/questions/shop.ts'
import { useApi } from '../../support/api.ts'
import { useClaude } from '../../support/claude.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
const claude = useClaude()
const call = useApi()
const deliver = deliverTo('generate-insights', { 'alert.raised': explainAlert })
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
let tenant: TestTenant
let token: string

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId, 'manager')).token
  await openShop(database, tenant, ['Summer dresses', 'Winter coats'])
})

/** The event of a new alert of this rule. */
async function raised(rule: string, details: object) {
  const alert = { alert_id: uuidv7(), rule, cause: uuidv7(), severity: 'warning', title: 'It fell' } as const
  await database.asAdmin(
    `insert into alerts (tenant_id, brand_id, alert_id, rule, cause, severity, title, message, details, raised_at)
     values ($1, $2, $3, $4, $5, 'warning', $6, 'It fell.', $7, now())`,
    [tenant.tenantId, tenant.brandId, alert.alert_id, rule, alert.cause, alert.title, JSON.stringify(details)],
  )
  return delivery('alert.raised', { tenantId: tenant.tenantId, data: alert })
}
const explanationOf = async (event: Awaited<ReturnType<typeof raised>>) => {
  const { alert_id } = event.data as { alert_id: string } // raised() put it there
  const { body } = await call(`/api/alerts/${alert_id}`, { token })
  const [{ explanation } = { explanation: null }] = (
    (await call('/api/alerts', { token })).body as { alerts: { id: string; explanation: object }[] }
  ).alerts.filter(({ id }) => id === alert_id)
  expect(body).toHaveProperty('alert.explanation', explanation)
  return explanation
}

it('of a figure is explained from what went along with it, once, whatever the number of deliveries', async () => {
  const event = await raised('anomaly', { metric: 'net', day: yesterday })
  expect(await explanationOf(event)).toMatchObject({ written_by: 'template', written_at: null })
  const before = claude.requests().length
  await deliverEightfold(deliver, event)
  await deliver(event)
  expect(claude.requests().length - before).toBe(1)
  expect(await database.asAdmin('select operation from ai_token_usage')).toEqual([{ operation: 'alert_explanation' }])
  expect(await explanationOf(event)).toMatchObject({
    written_by: 'claude',
    text: expect.stringMatching(/USD 299\.00 \(Net sales, /),
  })
})

it('of a figure keeps its rule’s own words when what a model writes is not proven, with no second call', async () => {
  claude.behave({ mode: 'bare' })
  const event = await raised('anomaly', { metric: 'spend', day: yesterday })
  const before = claude.requests().length
  await deliver(event)
  await deliver(event)
  claude.behave({ mode: 'honest' })
  expect(claude.requests().length - before).toBe(1)
  expect(await explanationOf(event)).toMatchObject({
    written_by: 'template',
    text: expect.stringMatching(/^Net sales, orders, .* Open the brand's dashboard/),
  })
})

it('that says all there is to know asks no model', async () => {
  const before = claude.requests().length
  const event = await raised('sync_failed', { code: 'PROVIDER_UNAVAILABLE' })
  await deliver(event)
  expect(claude.requests().length).toBe(before)
  expect(await explanationOf(event)).toMatchObject({ written_by: 'template' })
})
