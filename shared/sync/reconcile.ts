import { clock } from '../clock.ts'
import { type Sql, sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'
import { addDays, currencyExponent, dayIn } from '../units.ts'
import { countDays, type Days } from './account-days.ts'
import { askBackfill } from './ask-backfill.ts'
import type { Measure } from './connector.ts'
import type { Lease } from './lease.ts'
import type { Told } from './totals.ts'

/** Spend may differ by this part of it, or by one minor unit. */
const SPEND_PART = 1_000n

type Difference = { day: string; drifts: boolean; reread: boolean }

/**
 * Compares what the provider told with the connection's rows and keeps both. The days of a difference that is new are read
 * again once, by a backfill. Returns how many days differ beyond the tolerance.
 */
export async function reconcile(db: Db, lease: Lease, told: Told): Promise<number> {
  const drifts = (await compare(db, lease, told)).filter(({ drifts }) => drifts)
  const fresh = drifts.filter(({ reread }) => !reread).map(({ day }) => day)
  if (fresh.length > 0) await readAgain(db, lease, fresh)
  await db.query(sql`
    update integrations set reconciled_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id}`)
  return drifts.length
}

async function compare(db: Db, lease: Lease, { measure, days, totals }: Told): Promise<Difference[]> {
  const { tenantId } = actor()
  const { integration_id } = lease
  await db.query(sql`
    delete from reconciliations
    where tenant_id = ${tenantId} and integration_id = ${integration_id} and day not between ${days.since} and ${days.until}`)
  return db.query<Difference>(sql`
    insert into reconciliations as r (tenant_id, integration_id, day, measure, ours, theirs, tolerance, currency, checked_at)
    select ${tenantId}, ${integration_id}, t.day, ${measure}, coalesce(o.ours, 0), t.theirs, t.tolerance, t.currency, ${clock.now()}
    from jsonb_to_recordset(${JSON.stringify(toldRows({ measure, days, totals }))}::jsonb)
      as t (day date, theirs numeric, tolerance numeric, currency text)
    left join (${OURS[measure](lease, days)}) o on o.day = t.day
    on conflict (tenant_id, integration_id, day, measure) do update set ours = excluded.ours, theirs = excluded.theirs,
      tolerance = excluded.tolerance, currency = excluded.currency, checked_at = excluded.checked_at,
      reread_at = case when r.ours = excluded.ours and r.theirs = excluded.theirs then r.reread_at end
    returning r.day, abs(r.ours - r.theirs) > r.tolerance as drifts, r.reread_at is not null as reread`)
}

/** A row for every day of the range. */
function toldRows({ measure, days, totals }: Told): object[] {
  const byDay = new Map(totals.map((total) => [total.day, total]))
  const known = totals[0]?.currency ?? null
  return Array.from({ length: countDays(days) }, (_, age) => {
    const day = addDays(days.since, age)
    const { value = 0n, currency = known } = byDay.get(day) ?? {}
    const minorUnit = 10n ** BigInt(6 - currencyExponent(currency ?? ''))
    const tolerance = measure === 'orders' ? 0n : larger(minorUnit, value / SPEND_PART)
    return { day, theirs: String(value), tolerance: String(tolerance), currency }
  })
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** All orders that the shop shows, test orders too: it counts them as well. */
const OURS: Readonly<Record<Measure, (lease: Lease, days: Days) => Sql>> = {
  orders: ({ brand_id, integration_id }, { since, until }) => sql`
    select day, count(*) as ours from orders
    where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and integration_id = ${integration_id}
      and day between ${since} and ${until}
    group by day`,
  spend: ({ brand_id, platform, account_id }, { since, until }) => sql`
    select day, sum(spend_micros) as ours from ad_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and provider = ${platform} and account_id = ${account_id}
      and day between ${since} and ${until}
    group by day`,
}

/** Up to today, for a shop's orders are found by when they changed. While another backfill runs the next day asks again. */
async function readAgain(db: Db, lease: Lease, days: readonly string[]): Promise<void> {
  const since = [...days].sort()[0] ?? ''
  const until = addDays(dayIn(lease.time_zone, clock.now()), 1)
  if ((await askBackfill(db, lease, { since, until, requestedBy: null })) === null) return
  await db.query(sql`
    update reconciliations set reread_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id} and day = any(${days}::date[])`)
}
