import { v7 as uuidv7 } from 'uuid'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'
import type { Kind, Recommendation } from '../../shared/recommendations/recommendation.ts'
import { actor } from '../../shared/tenant.ts'

type Brand = { brandId: string; currency: string }

/** What a person has decided on is not recommended again for so long. */
const DECIDED_DAYS = 28

/** Makes these the brand's open recommendations: the open one of a cause is renewed, one whose cause is gone expires. */
export async function keepOpen(db: Db, brand: Brand, recommendations: readonly Recommendation[]): Promise<void> {
  const { brandId } = brand
  await expireOthers(db, brandId, recommendations)
  const created = await upsert(db, brand, recommendations)
  for (const { recommendation_id, kind, cause, title } of created)
    await record(db, 'recommendation.generated', {
      data: { recommendation_id, kind, cause, title },
      key: recommendation_id,
      brandId,
    })
}

async function expireOthers(db: Db, brandId: string, recommendations: readonly Recommendation[]): Promise<void> {
  const expired = await db.query<Told>(sql`
    update recommendations set status = 'expired', updated_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and status = 'open'
      and cause <> all(${recommendations.map(({ cause }) => cause)}::text[])
    returning recommendation_id, kind, cause, title`)
  for (const data of expired) await record(db, 'recommendation.expired', { data, key: data.recommendation_id, brandId })
}

type Told = { recommendation_id: string; kind: Kind; cause: string; title: string }

/** Those that were not open before. */
async function upsert(db: Db, { brandId, currency }: Brand, given: readonly Recommendation[]): Promise<Told[]> {
  const rows = given.map(({ effect, kind, cause, title, basis, confidence, ...body }) => ({
    recommendation_id: uuidv7(),
    ...{ kind, cause, title, basis, confidence, body },
    low: effect && micros(effect.low),
    mid: effect && micros(effect.mid),
    high: effect && micros(effect.high),
  }))
  const kept = await db.query<Told & { is_new: boolean }>(sql`
    insert into recommendations as old (tenant_id, brand_id, recommendation_id, kind, cause, title, body, expected_low_micros,
      expected_mid_micros, expected_high_micros, currency, basis, confidence, created_at, updated_at, changed_at)
    select ${actor().tenantId}::uuid, ${brandId}::uuid, recommendation_id, kind, cause, title, body, low, mid, high, ${currency},
      basis, confidence, ${clock.now()}::timestamptz, ${clock.now()}::timestamptz, ${clock.now()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (recommendation_id uuid, kind text, cause text, title text, body jsonb,
      low bigint, mid bigint, high bigint, basis text, confidence text)
    where not exists (select from recommendations d where d.tenant_id = ${actor().tenantId} and d.brand_id = ${brandId}
      and d.cause = r.cause and d.status in ('accepted', 'dismissed')
      and d.decided_at > ${clock.now()}::timestamptz - make_interval(days => ${DECIDED_DAYS}::int))
    on conflict (tenant_id, cause) where status = 'open' do update set kind = excluded.kind, title = excluded.title,
      body = excluded.body, expected_low_micros = excluded.expected_low_micros, expected_mid_micros = excluded.expected_mid_micros,
      expected_high_micros = excluded.expected_high_micros, currency = excluded.currency, basis = excluded.basis,
      confidence = excluded.confidence, updated_at = excluded.updated_at, changed_at = case
        when (old.body, old.expected_mid_micros, old.basis) is distinct from (excluded.body, excluded.expected_mid_micros, excluded.basis)
        then excluded.changed_at else old.changed_at end
    returning old.recommendation_id, old.kind, old.cause, old.title, old.created_at = old.updated_at as is_new`)
  return kept.filter(({ is_new }) => is_new)
}

const micros = (units: number): number => Math.round(units * 1_000_000)
