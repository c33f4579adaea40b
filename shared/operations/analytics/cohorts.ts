import * as z from 'zod'
import { clock } from '../../clock.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { addDays, dayIn, scaleMicros } from '../../units.ts'
import { fieldErrors } from '../call.ts'
import { Day, Instant, Money, money } from '../wire.ts'
import { readBrandFacts } from './brand-facts.ts'
import { type CohortRow, LTV_DAYS, type LtvDays, type MonthRow, readCohortMonths, readCohorts } from './cohorts-read.ts'
import { asOf, readFreshness } from './marks.ts'
import { Freshness } from './metrics-output.ts'

const MAX_MONTHS = 36
const DEFAULT_MONTHS = 12

const Ltv = z.object(Object.fromEntries(LTV_DAYS.map((days) => [`days_${days}`, Money.nullable()])) as LtvShape)
type LtvShape = { [Days in LtvDays as `days_${Days}`]: z.ZodNullable<typeof Money> }

const Cohort = z.object({
  month: Day.describe('First day of the month of the first orders.'),
  customers: z.int(),
  ltv: Ltv.describe(
    'Observed net sales by customer in the first days, the day of the first order being day 0; null while some customer is younger.',
  ),
  ltv_so_far: Money.nullable().describe('Observed net sales by customer up to now.'),
  months: z.array(
    z.object({
      index: z.int().describe('Calendar months since the first order’s; 0 is its own.'),
      customers: z.int().describe('With an order in it.'),
      share: z.number(),
      net: Money,
      cumulative_net_by_customer: Money,
    }),
  ),
})

export const getCohorts = operation({
  name: 'get_cohorts',
  description:
    'Customers of a brand by the month of their first order: how many came back in each later month, and the net sales they brought by customer (observed, not predicted).',
  http: { method: 'get', path: '/api/analytics/brands/{id}/cohorts' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: z.object({
    id: z.uuid().describe('Of the brand.'),
    since: Day.optional().describe('A day of the first month; default: eleven months before the last.'),
    until: Day.optional().describe('A day of the last month; default: today.'),
  }),
  output: z.object({
    brand_id: z.uuid(),
    currency: z.string(),
    as_of: Instant,
    cohorts: z.array(Cohort),
    incomplete: z.int().describe('Orders in another currency without a rate: in no sum.'),
    freshness: Freshness,
  }),
  run: ({ id, ...asked }) =>
    transaction(async (db) => {
      const { currency, time_zone } = await readBrandFacts(db, id)
      const today = dayIn(time_zone, clock.now())
      const range = { brandId: id, currency, ...monthsOf(asked, today) }
      const [rows, months, freshness] = await Promise.all([
        readCohorts(db, range),
        readCohortMonths(db, range),
        readFreshness(db, id),
      ])
      const byMonth = Map.groupBy(months, ({ month }) => month)
      return {
        brand_id: id,
        currency,
        as_of: asOf(),
        cohorts: rows.map((row) => cohortOnWire(row, byMonth.get(row.month) ?? [], { currency, today })),
        incomplete: rows.reduce((sum, row) => sum + row.incomplete, 0),
        freshness,
      }
    }),
})

/** Whole months, [since, until). Throws INPUT_INVALID for none or too many. */
function monthsOf(asked: { since?: string | undefined; until?: string | undefined }, today: string) {
  const last = firstOf(asked.until ?? today)
  const since = asked.since === undefined ? monthsBefore(last, DEFAULT_MONTHS - 1) : firstOf(asked.since)
  if (since > last) throw fieldErrors({ since: ['Must not be after until.'] })
  if (since <= monthsBefore(last, MAX_MONTHS)) throw fieldErrors({ since: [`At most ${MAX_MONTHS} months at once.`] })
  return { since, until: monthsBefore(last, -1) }
}

const firstOf = (day: string): string => `${day.slice(0, 8)}01`

function monthsBefore(first: string, months: number): string {
  const date = new Date(first)
  date.setUTCMonth(date.getUTCMonth() - months)
  return date.toISOString().slice(0, 10)
}

type At = { currency: string; today: string }

function cohortOnWire(row: CohortRow, months: readonly MonthRow[], { currency, today }: At): z.input<typeof Cohort> {
  const byCustomer = (net: bigint) => money(scaleMicros(net, 1n, BigInt(row.customers)), currency)
  const youngest = addDays(monthsBefore(row.month, -1), -1)
  const ltv = LTV_DAYS.map((days) => [
    `days_${days}`,
    addDays(youngest, days) < today ? byCustomer(row[`net_${days}`]) : null,
  ])
  let cumulative = 0n
  return {
    month: row.month,
    customers: row.customers,
    ltv: Object.fromEntries(ltv) as z.input<typeof Ltv>, // a name for each of LTV_DAYS
    ltv_so_far: byCustomer(row.net),
    months: months.map(({ index, active, net }) => {
      cumulative += net
      return {
        index,
        customers: active,
        share: Math.round((active / row.customers) * 1e6) / 1e6,
        net: money(net, currency),
        cumulative_net_by_customer: byCustomer(cumulative),
      }
    }),
  }
}
