import * as z from 'zod'
import { MODELS } from '../../attribution/models.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { dayIn } from '../../units.ts'
import { choosePeriod, type Period as Days, eachDay } from '../brands/period.ts'
import { Day, Instant, Money, money } from '../wire.ts'
import { readBrandFacts } from './brand-facts.ts'
import { asOf, openSince, readFreshness } from './marks.ts'
import { Freshness, Period, ProvisionalSince } from './metrics-output.ts'

const Platform = z.object({
  provider: z.string(),
  spend: Money.nullable(),
  claimed_conversions: z.number().nullable(),
  claimed_value: Money.nullable(),
  credited_net: Money.nullable().describe('Touch ledger: to its campaigns and unmatched clicks.'),
  credited_orders: z.number().nullable(),
})

export const getLedgers = operation({
  name: 'get_ledgers',
  description:
    'Three accounts of the same sales, day by day: the store’s, the attribution’s in both ledgers, and what each ad platform claims for itself. The order ledger equals the store’s net on every day; claims are never added up.',
  http: { method: 'get', path: '/api/analytics/brands/{id}/ledgers' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: z.object({
    id: z.uuid().describe('Of the brand.'),
    since: Day.optional().describe('First day; default 30 days before until.'),
    until: Day.optional().describe('The day after the last; default tomorrow.'),
    model: z.enum(MODELS.map(({ name }) => name)).default('last'),
  }),
  output: z.object({
    brand_id: z.uuid(),
    currency: z.string(),
    period: Period,
    model: z.string(),
    days: z.array(
      z.object({
        day: Day,
        store: z.object({ net: Money.nullable(), orders: z.number().nullable() }),
        attributed: z.object({ order_ledger: Money.nullable(), touch_ledger: Money.nullable() }),
        platforms: z.array(Platform),
        incomplete: z.int().describe('Rows without a rate: in no sum.'),
      }),
    ),
    provisional_since: ProvisionalSince,
    freshness: Freshness,
    as_of: Instant,
  }),
  run: ({ id, model, ...asked }) =>
    transaction(async (db) => {
      const { currency, time_zone, pending_since } = await readBrandFacts(db, id)
      const today = dayIn(time_zone, clock.now())
      const period = choosePeriod(asked, today)
      const [rows, freshness] = await Promise.all([read(db, { brandId: id, model }, period), readFreshness(db, id)])
      const byDay = Map.groupBy(rows, ({ day }) => day)
      const days = eachDay(period).map((day) => dayOnWire(day, byDay.get(day) ?? [], currency))
      const provisional_since = openSince({ period, today, pendingSince: pending_since })
      return { brand_id: id, currency, period, model, days, provisional_since, freshness, as_of: asOf() }
    }),
})

/** One day of one provider; '' is the store and all traffic without a platform. */
type Row = {
  day: string
  provider: string
  net: bigint | null
  orders: number | null
  order_ledger: bigint | null
  touch_ledger: bigint | null
  paid_net: bigint | null
  paid_orders: number | null
  spend: bigint | null
  claimed_conversions: number | null
  claimed_value: bigint | null
  incomplete: number
  /** Of these, the store's and the credits'. */
  incomplete_store: number
  incomplete_credits: number
}

const read = (
  db: Db,
  { brandId, model }: { brandId: string; model: string },
  { since, until }: Days,
): Promise<Row[]> => {
  const paid = sql`part = 'credit' and ledger = 'touch' and bucket in ('campaign', 'unmatched_paid')`
  return db.query<Row>(sql`
    select day, provider, (sum(net_micros) filter (where part = 'store'))::bigint as net,
      (sum(orders) filter (where part = 'store'))::float8 as orders,
      (sum(net_micros) filter (where part = 'credit' and ledger = 'order'))::bigint as order_ledger,
      (sum(net_micros) filter (where part = 'credit' and ledger = 'touch'))::bigint as touch_ledger,
      (sum(net_micros) filter (where ${paid}))::bigint as paid_net, (sum(orders) filter (where ${paid}))::float8 as paid_orders,
      sum(spend_micros)::bigint as spend, sum(claimed_conversions)::float8 as claimed_conversions,
      sum(claimed_value_micros)::bigint as claimed_value, sum(incomplete)::int as incomplete,
      coalesce(sum(incomplete) filter (where part = 'store'), 0)::int as incomplete_store,
      coalesce(sum(incomplete) filter (where part = 'credit'), 0)::int as incomplete_credits
    from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${since}::date and day < ${until}::date
      and (part in ('store', 'ads') or (part = 'credit' and model = ${model}))
    group by day, provider order by day, provider`)
}

function dayOnWire(day: string, rows: readonly Row[], currency: string) {
  const amount = (micros: bigint | null) => (micros === null ? null : money(micros, currency))
  /** Nothing is 0; unknown where rows of this kind wait for a rate and there are no others. */
  const total = (of: (row: Row) => bigint | null, waiting: (row: Row) => number): bigint | null => {
    const known = rows.flatMap((row) => of(row) ?? [])
    return known.length === 0 && rows.some((row) => waiting(row) > 0) ? null : known.reduce((sum, net) => sum + net, 0n)
  }
  const credited = (of: (row: Row) => bigint | null) => amount(total(of, (row) => row.incomplete_credits))
  const store = rows.find(({ provider }) => provider === '')
  return {
    day,
    store: {
      net: amount(
        total(
          ({ net }) => net,
          (row) => row.incomplete_store,
        ),
      ),
      orders: store ? store.orders : 0,
    },
    attributed: {
      order_ledger: credited((row) => row.order_ledger),
      touch_ledger: credited((row) => row.touch_ledger),
    },
    platforms: rows
      .filter(({ provider }) => provider !== '')
      .map((row) => ({
        provider: row.provider,
        spend: amount(row.spend),
        claimed_conversions: row.claimed_conversions,
        claimed_value: amount(row.claimed_value),
        credited_net: amount(row.paid_net),
        credited_orders: row.paid_orders,
      })),
    incomplete: rows.reduce((count, row) => count + row.incomplete, 0),
  }
}
