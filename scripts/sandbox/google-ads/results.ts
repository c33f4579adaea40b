import { momentIn, monthsBefore } from '../meta/account-day.ts'
import type { GoogleAdsRow } from '../world.ts'
import type { AdvertisingStore, Opened } from './accounts.ts'
import { queryError } from './errors.ts'
import { CATEGORY, checkFields, DATE, filterOf, namesMetrics, projection, type ResultRow } from './fields.ts'
import { parseQuery, type Query } from './gaql.ts'
import { metricsAt } from './restatement.ts'

/** Days older than these months are kept no longer. */
const KEPT_MONTHS = 37

export type Results = { query: Query; rows: object[] }

/** What a query finds in an account at `now`, each row with the fields asked for. Throws AdsError. */
export function resultsOf(account: Opened, { text, now }: { text: string; now: Date }): Results {
  const query = parseQuery(text)
  checkFields(query)
  if (account.kind === 'manager' && namesMetrics(query))
    throw queryError(
      'REQUESTED_METRICS_FOR_MANAGER',
      'Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each client account under the manager account.',
    )
  return { query, rows: rowsOf(account, { query, now }).filter(filterOf(query)).map(projection(query)) }
}

function rowsOf(account: Opened, { query, now }: { query: Query; now: Date }): ResultRow[] {
  if (query.from === 'customer_client') return account.kind === 'manager' ? clientsOf(account) : []
  if (query.from === 'customer' && !namesMetrics(query)) return [{ customer: customerOf(account) }]
  if (account.kind === 'manager') return []
  if (!namesMetrics(query)) return campaignsOf(account.store)
  const report = reportOf(account.store, { query, now })
  return query.from === 'customer' ? summedByDay(report) : report
}

/** One row a day of the whole account. */
function summedByDay(report: readonly ResultRow[]): ResultRow[] {
  const days = new Map<unknown, ResultRow>()
  for (const { customer, segments, metrics = {} } of report) {
    const known = days.get(segments?.date)?.metrics ?? {}
    const sums = Object.entries(metrics).map(([name, value]) => [name, added(known[name], value)] as const)
    days.set(segments?.date, { customer, segments, metrics: Object.fromEntries(sums) })
  }
  return [...days.values()]
}

/** int64 are strings, doubles numbers. */
const added = (sum: unknown, value: unknown): unknown =>
  typeof value === 'number' ? Number(sum ?? 0) + value : String(BigInt(String(sum ?? 0)) + BigInt(String(value)))

function customerOf(account: Opened): Record<string, unknown> {
  const named = { resourceName: `customers/${account.id}`, id: account.id }
  if (account.kind === 'manager')
    return { ...clientSettings(account.clients[0]), ...named, descriptiveName: account.name, manager: true }
  const { store } = account
  return { ...clientSettings(store), descriptiveName: store.brand, ...store.google_ads.customer, ...named }
}

const clientSettings = (store: AdvertisingStore | undefined) => ({
  currencyCode: store?.currency,
  timeZone: store?.time_zone,
  status: 'ENABLED',
})

/** The manager itself at level 0 and its clients below it. */
function clientsOf(manager: Extract<Opened, { kind: 'manager' }>): ResultRow[] {
  const below = manager.clients.map((store): Opened => ({ kind: 'account', id: store.google_ads.customer_id, store }))
  return [manager, ...below].map((account) => {
    const level = account === manager ? '0' : '1'
    const resourceName = `customers/${manager.id}/customerClients/${account.id}`
    const clientCustomer = `customers/${account.id}`
    return { customerClient: { ...customerOf(account), resourceName, clientCustomer, level } }
  })
}

function campaignsOf(store: AdvertisingStore): ResultRow[] {
  const { customer_id, campaigns } = store.google_ads
  const customer = customerOf({ kind: 'account', id: customer_id, store })
  return campaigns.map(({ campaign, campaignBudget }) => ({
    customer,
    campaign: { resourceName: `customers/${customer_id}/campaigns/${campaign.id}`, ...campaign },
    campaignBudget,
  }))
}

/** Days with their campaign as it is named now. Days without impressions are not reported; conversions are of a clicked day. */
function reportOf(store: AdvertisingStore, { query, now }: { query: Query; now: Date }): ResultRow[] {
  const customer = customerOf({ kind: 'account', id: store.google_ads.customer_id, store })
  const moment = momentIn(typeof customer.timeZone === 'string' ? customer.timeZone : store.time_zone, now)
  const campaigns = new Map(campaignsOf(store).map((row) => [String(row.campaign?.id), row]))
  const oldest = monthsBefore(moment.today, KEPT_MONTHS)
  const isKept = ({ segments }: GoogleAdsRow): boolean =>
    segments !== undefined && segments.date <= moment.today && segments.date >= oldest
  const byCategory = query.select.includes(CATEGORY)
  const isAskedFor = filterOf({ ...query, where: query.where.filter(({ field }) => field === DATE) })
  return store.google_ads.metrics.flatMap((row) => {
    if ((row.segments?.conversionActionCategory !== undefined) !== byCategory) return []
    if (!isKept(row) || !isAskedFor({ segments: row.segments })) return []
    const metrics = metricsAt(row, moment)
    if (Number((byCategory ? metrics.conversions : metrics.impressions) ?? 0) === 0) return []
    const known = campaigns.get(row.campaign.id)
    return [{ customer, ...known, campaign: { ...row.campaign, ...known?.campaign }, segments: row.segments, metrics }]
  })
}
