import { expect, test } from 'vitest'
import { measureOutcomes } from '../../../functions/maintain/chores/measure-outcomes.ts'
import { maintain } from '../../../functions/maintain/maintain.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'
import { setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
usePublisher()

test('28 settled days after its acceptance a recommendation is told what its campaign did before and after', async () => {
  const { tenantId, brandId } = await createTenant('outcome')
  const body = JSON.stringify({ where: [{ provider: 'meta', campaign_id: '7' }] })
  await database.asAdmin(
    `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, status, title, body, currency, basis, confidence, created_at, updated_at, decided_at)
     values ($1, $2, uuidv7(), 'reduce_budget', 'c', 'accepted', 't', $3, 'USD', 'revenue', 'medium', now(), now(), '2026-09-30T12:00:00Z')`,
    [tenantId, brandId, body],
  )
  await database.asAdmin(
    `insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, version, spend_micros, net_micros)
     select $1, $2, d::date, p.part, p.model, p.ledger, '', 'meta', '7', 'USD', 1, case p.part when 'ads' then 2000000 end, case p.part when 'credit' then 5000000 end
     from generate_series('2026-09-29'::timestamp, '2026-10-02', interval '1 day') d
       cross join (values ('ads', '', ''), ('credit', 'last', 'touch')) p (part, model, ledger)`,
    [tenantId, brandId],
  )
  const outcomes = async (at: string) => {
    setClock(at)
    await asSystem(PLATFORM_TENANT_ID, () => maintain([measureOutcomes]))
    const rows = await database.asAdmin<{ outcome: object | null }>(
      'select outcome from recommendations where tenant_id = $1',
      [tenantId],
    )
    return rows.map(({ outcome }) => outcome)
  }
  expect(await outcomes('2026-10-30T12:00:00Z')).toEqual([null])
  expect(await outcomes('2026-11-01T12:00:00Z')).toMatchObject([
    {
      days: 28,
      before: { spend: 2, credited_net: 5 },
      after: { spend: 4, credited_net: 10 },
      note: expect.stringContaining('no proof'),
    },
  ])
  await outcomes('2026-11-02T12:00:00Z')
  const told = await database.asAdmin(`select event_type, brand_id from observability_events where tenant_id = $1`, [
    tenantId,
  ])
  expect(told).toEqual([{ event_type: 'recommendation.measured', brand_id: brandId }])
})
