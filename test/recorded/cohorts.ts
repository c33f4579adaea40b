import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createGunzip } from 'node:zlib'
import * as z from 'zod'

const HELP = `Compares the cohorts that a running platform shows of a recorded shop with those counted here from the recorded file itself.

  --data DIR     the folder that "npm start -- --data DIR" was given: DIR/shopify/{shop.json, orders.jsonl.gz}
  --state DIR    where that start keeps its state (default .pulsepoint)
`
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    state: { type: 'string', default: '.pulsepoint' },
    help: { type: 'boolean', default: false },
  },
})

const Amount = z.object({ shopMoney: z.object({ amount: z.string() }) })
const Order = z.object({
  id: z.string(),
  processedAt: z.string(),
  test: z.boolean().default(false),
  cancelledAt: z.string().nullish(),
  customer: z.object({ id: z.string() }).nullish(),
  lineItems: z.object({
    nodes: z.array(
      z.object({
        originalTotalSet: Amount,
        discountAllocations: z.array(z.object({ allocatedAmountSet: Amount })).default([]),
      }),
    ),
  }),
})
type Bought = { day: string; at: string; id: string; cents: number }

/** Every customer's orders, from the lines of the file. */
async function customersIn(folder: string): Promise<Bought[][]> {
  const shop = z
    .object({ ianaTimezone: z.string() })
    .parse(JSON.parse(await readFile(path.join(folder, 'shop.json'), 'utf8')))
  const zone = new Intl.DateTimeFormat('sv-SE', {
    timeZone: shop.ianaTimezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const lines = createInterface(createReadStream(path.join(folder, 'orders.jsonl.gz')).pipe(createGunzip()))
  const cents = (amount: string): number => Math.round(Number(amount) * 100)
  const byCustomer = new Map<string, Bought[]>()
  for await (const line of lines) {
    const order = Order.parse(JSON.parse(line))
    if (!order.customer || order.test || order.cancelledAt) continue
    let total = 0
    for (const { originalTotalSet, discountAllocations } of order.lineItems.nodes) {
      total += cents(originalTotalSet.shopMoney.amount)
      for (const { allocatedAmountSet } of discountAllocations) total -= cents(allocatedAmountSet.shopMoney.amount)
    }
    const bought = { day: zone.format(new Date(order.processedAt)), at: order.processedAt, id: order.id, cents: total }
    byCustomer.set(order.customer.id, [...(byCustomer.get(order.customer.id) ?? []), bought])
  }
  return [...byCustomer.values()]
}

type Cohort = {
  customers: number
  ltv: Record<number, number>
  months: Map<number, { customers: Set<number>; cents: number }>
}
const AGES = [30, 60, 90, 365]
const dayNumber = (day: string): number => Date.parse(day) / 86_400_000
const monthNumber = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))

function cohortsOf(customers: readonly Bought[][]): Map<string, Cohort> {
  const cohorts = new Map<string, Cohort>()
  customers.forEach((orders, who) => {
    const [first] = [...orders].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1))
    if (!first) return
    const month = `${first.day.slice(0, 8)}01`
    const cohort: Cohort = cohorts.get(month) ?? {
      customers: 0,
      ltv: { 30: 0, 60: 0, 90: 0, 365: 0 },
      months: new Map(),
    }
    cohorts.set(month, cohort)
    cohort.customers += 1
    for (const { day, cents } of orders) {
      for (const age of AGES)
        if (dayNumber(day) - dayNumber(first.day) <= age) cohort.ltv[age] = (cohort.ltv[age] ?? 0) + cents
      const index = monthNumber(day) - monthNumber(first.day)
      const its = cohort.months.get(index) ?? { customers: new Set(), cents: 0 }
      its.customers.add(who)
      its.cents += cents
      cohort.months.set(index, its)
    }
  })
  return cohorts
}

const Local = z.object({
  url: z.string(),
  tenants: z.array(
    z.object({
      name: z.string(),
      brands: z.array(z.object({ brand_id: z.string() })),
      logins: z.array(z.object({ email: z.string(), password: z.string() })),
    }),
  ),
})
const Money = z.object({ amount: z.string() })
const Shown = z.object({
  cohorts: z.array(
    z.object({
      month: z.string(),
      customers: z.number(),
      ltv: z.record(z.string(), Money.nullable()),
      months: z.array(z.object({ index: z.number(), customers: z.number(), net: Money })),
    }),
  ),
})

/** What the platform shows of the months from the first to the last. */
async function shownBy(stateDir: string, [since, until]: readonly [string, string]): Promise<z.output<typeof Shown>> {
  const local = Local.parse(JSON.parse(await readFile(path.join(stateDir, 'local.json'), 'utf8')))
  const tenant = local.tenants.find(({ name }) => name === 'Recorded')
  const [login] = tenant?.logins ?? []
  const [brand] = tenant?.brands ?? []
  if (!login || !brand) throw new Error(`${stateDir} has no tenant "Recorded": start with --data.`)
  const headers = { 'content-type': 'application/json' }
  const signedIn = await fetch(`${local.url}/api/auth/login`, { method: 'POST', headers, body: JSON.stringify(login) })
  const { access_token } = z.object({ access_token: z.string() }).parse(await signedIn.json())
  const url = `${local.url}/api/analytics/brands/${brand.brand_id}/cohorts?since=${since}&until=${until}`
  return Shown.parse(await (await fetch(url, { headers: { authorization: `Bearer ${access_token}` } })).json())
}

/** As the API rounds: half a cent away from zero. */
const average = (cents: number, customers: number): string => {
  const [whole, twice] = [Math.floor(Math.abs(cents) / customers), 2 * (Math.abs(cents) % customers)]
  const rounded = twice >= customers ? whole + 1 : whole
  return `${cents < 0 && rounded > 0 ? '-' : ''}${Math.floor(rounded / 100)}.${String(rounded % 100).padStart(2, '0')}`
}

async function compare(data: string): Promise<boolean> {
  const counted = cohortsOf(await customersIn(path.join(data, 'shopify')))
  const months = [...counted.keys()].sort()
  const shown = await shownBy(values.state, [months[0] ?? '', months.at(-1) ?? ''])
  const problems: string[] = []
  const check = (what: string, ours: unknown, theirs: unknown): void => {
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      problems.push(`${what}: counted ${JSON.stringify(ours)}, shown ${JSON.stringify(theirs)}`)
  }
  check(
    'months',
    months,
    shown.cohorts.map(({ month }) => month),
  )
  let figures = 0
  for (const { month, customers, ltv, months: its } of shown.cohorts) {
    const cohort = counted.get(month)
    if (!cohort) continue
    check(`${month} customers`, cohort.customers, customers)
    for (const age of AGES)
      check(`${month} LTV ${age}`, average(cohort.ltv[age] ?? 0, cohort.customers), ltv[`days_${age}`]?.amount)
    check(
      `${month} months`,
      [...cohort.months.keys()].sort((a, b) => a - b),
      its.map(({ index }) => index),
    )
    for (const { index, customers: active, net } of its) {
      const own = cohort.months.get(index)
      check(`${month}+${index} customers`, own?.customers.size, active)
      check(`${month}+${index} net`, average(own?.cents ?? 0, 1), net.amount)
    }
    figures += 1 + AGES.length + 2 * its.length
  }
  console.log(`${months.length} cohorts, ${figures} figures compared, ${problems.length} differ.`)
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`)
  return problems.length === 0 && figures > 0
}

if (values.help || values.data === undefined) {
  process.stdout.write(HELP)
  process.exitCode = values.help ? 0 : 2
} else process.exitCode = (await compare(values.data)) ? 0 : 1
