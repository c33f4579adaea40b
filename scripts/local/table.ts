import path from 'node:path'
import type { Platform } from './platform.ts'
import type { BrandReport, Report, TenantReport } from './report.ts'

type Column = { title: string; of: (brand: BrandReport) => string; right?: boolean }

const amount = (value: string): string => Number(value).toLocaleString('en', { maximumFractionDigits: 0 })
const sum = (values: readonly string[]): number => values.reduce((total, value) => total + Number(value), 0)

/** For reading, not for adding up: whole units of each brand's own currency. */
const COLUMNS: readonly Column[] = [
  { title: 'Brand', of: (brand) => brand.name },
  { title: '', of: (brand) => brand.currency },
  { title: 'Orders', of: (brand) => brand.orders.toLocaleString('en'), right: true },
  { title: 'Customers', of: (brand) => brand.customers.toLocaleString('en'), right: true },
  { title: 'Net sales', of: (brand) => amount(brand.net), right: true },
  { title: 'Ad spend', of: (brand) => amount(String(sum(Object.values(brand.spend)))), right: true },
  { title: 'ROAS', of: roas, right: true },
  { title: 'Alerts', of: (brand) => (brand.open_alerts > 0 ? String(brand.open_alerts) : '–'), right: true },
]

/** Net credited to campaigns for each unit of spend, by last touch; over all days both ledgers agree. A dash where nothing was spent. */
function roas(brand: BrandReport): string {
  const spend = sum(Object.values(brand.spend))
  const credited = Number(brand.credited.last.campaign ?? 0)
  return spend === 0 ? '–' : (credited / spend).toFixed(2)
}

/** What the hour did, a table per tenant. */
export function tableLines(report: Report): string[] {
  const all = report.tenants.flatMap(({ brands }) => brands)
  const widths = COLUMNS.map(({ title, of }) => Math.max(title.length, ...all.map((brand) => of(brand).length)))
  const row = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => (COLUMNS[at]?.right ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  ')}`
  const total = (of: (tenant: TenantReport) => number): string =>
    report.tenants.reduce((sum, tenant) => sum + of(tenant), 0).toLocaleString('en')
  const orders = total(({ brands }) => brands.reduce((sum, brand) => sum + brand.orders, 0))
  const events = `${total((tenant) => tenant.events.postgres)} events in Postgres and ${total((tenant) => tenant.events.bigquery)} in BigQuery`
  return [
    '',
    row(COLUMNS.map(({ title }) => title)),
    ...report.tenants.flatMap(({ name, brands }) => [
      name,
      ...brands.map((brand) => row(COLUMNS.map(({ of }) => of(brand)))),
    ]),
    '',
    `${orders} orders, ${total(({ alerts }) => alerts)} alert(s), ${events}; the hour took ${(report.duration_ms / 1000).toFixed(1)} s.`,
  ]
}

/** Where it runs and who may log in. */
export function loginLines(platform: Platform, stateDir: string): string[] {
  const logins = platform.tenants.flatMap(({ name, logins: its }) => its.map((login) => ({ name, ...login })))
  const width = Math.max(...logins.map(({ email }) => email.length))
  return [
    '',
    `Pulsepoint runs on ${platform.url}   (MCP: ${platform.url}/mcp, API: ${platform.url}/openapi.json)`,
    ...logins.map(({ email, password, role, name }) => `  ${email.padEnd(width)}  ${password}  ${role} of ${name}`),
    `Letters that were sent: ${platform.sandboxUrl}/_control/mails`,
    `Details for tools: ${path.join(stateDir, 'local.json')}. Ctrl-C stops everything.`,
  ]
}
