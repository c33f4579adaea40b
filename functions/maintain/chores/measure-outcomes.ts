import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { EFFECT_DAYS } from '../../../shared/recommendations/recommendation.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

/** Days after the last one measured until its spend changes no more. */
const SETTLING_DAYS = 3
const NOTE = 'What happened before and after. It is no proof of cause: season, prices and other campaigns changed too.'

/** Stores what the campaigns of accepted recommendations spent and were credited with, 28 days before and after the acceptance. */
export const measureOutcomes: Chore = {
  name: 'measure-outcomes',
  run: (deadline) => forEachTenant(deadline, measure, { of: 'working' }),
}

type Measured = { recommendation_id: string; brand_id: string; kind: string; cause: string; title: string }

async function measure(): Promise<void> {
  await transaction(async (db) => {
    for (const { brand_id: brandId, ...data } of await measureDue(db))
      await record(db, 'recommendation.measured', { data, key: data.recommendation_id, brandId })
  })
}

function measureDue(db: Db): Promise<Measured[]> {
  const { tenantId } = actor()
  const now = clock.now()
  return db.query<Measured>(sql`
      with due as (
        select r.recommendation_id, r.brand_id, r.body, (r.decided_at at time zone b.time_zone)::date as day
        from recommendations r join brands b on b.tenant_id = r.tenant_id and b.brand_id = r.brand_id
        where r.tenant_id = ${tenantId} and r.status = 'accepted' and r.outcome is null
          and r.decided_at <= ${now}::timestamptz - make_interval(days => ${EFFECT_DAYS + SETTLING_DAYS}::int)
      ), sums as (
        select d.recommendation_id, p.day > d.day as is_after, sum(p.spend_micros) filter (where p.part = 'ads') as spend,
          sum(p.net_micros) filter (where p.part = 'credit') as net
        from due d
          cross join lateral jsonb_to_recordset(d.body -> 'where') as w (provider text, campaign_id text)
          join unified_performance p on p.tenant_id = ${tenantId} and p.brand_id = d.brand_id and p.provider = w.provider
            and p.campaign_id = w.campaign_id and p.day between d.day - ${EFFECT_DAYS}::int and d.day + ${EFFECT_DAYS}::int and p.day <> d.day
            and (p.part = 'ads' or (p.part = 'credit' and p.model = 'last' and p.ledger = 'touch'))
        group by 1, 2
      ), told as (
        select d.recommendation_id, jsonb_build_object('days', ${EFFECT_DAYS}::int, 'note', ${NOTE}::text,
          'before', (select jsonb_build_object('spend', s.spend / 1e6, 'credited_net', s.net / 1e6) from sums s
            where s.recommendation_id = d.recommendation_id and not s.is_after),
          'after', (select jsonb_build_object('spend', s.spend / 1e6, 'credited_net', s.net / 1e6) from sums s
            where s.recommendation_id = d.recommendation_id and s.is_after)) as outcome
        from due d
      )
      update recommendations r set outcome = t.outcome, outcome_measured_at = ${now}
      from told t where r.tenant_id = ${tenantId} and r.recommendation_id = t.recommendation_id
      returning r.recommendation_id, r.brand_id, r.kind, r.cause, r.title`)
}
