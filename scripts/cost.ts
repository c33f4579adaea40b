import { parseArgs } from 'node:util'
import { billOf, claudeLines, tenantWords, total } from './cost/bill.ts'
import { type Line, outgrows } from './cost/compute.ts'
import { ENVIRONMENTS, type Environment, environmentOf } from './cost/environment.ts'
import { PRICES_AS_OF } from './cost/prices.ts'
import { monthOfTenant } from './cost/usage.ts'

const HELP = `What the platform costs a month: measured work times public list prices, line by line.

  npm run cost -- [options]

  --tenants N         how many tenants (default 100; the reference of $2,022 is for these)
  --environment NAME  ${ENVIRONMENTS.join(', ')} (default prod): instances, database and replica are those of infra/NAME.tfvars
  --help              this text

A tenant is ${tenantWords}. Work is measured, and what is
assumed stands in scripts/cost/usage.ts; prices are those of ${PRICES_AS_OF} for us-central1 without commitments. Claude comes apart,
with the reference's 50 M input tokens at 100 tenants. Left out: Cloud NAT, Cloud Build, conditions of alerts. When the
environment's database is too small for the tenants, a larger one is in the bill, and said. The last line is
total_usd_per_month=… with Claude.
Exit code: 0; 2 for a wrong option.
`
const REFERENCE = { tenants: 100, usd: 2_022 }
const OPTIONS = {
  tenants: { type: 'string', default: '100' },
  environment: { type: 'string', default: 'prod' },
  help: { type: 'boolean', default: false },
} as const

type Asked = { tenants: number; environment: Environment }

function askedIn(args: readonly string[]): Asked | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  if (values.help) return 'help'
  const tenants = Number(values.tenants)
  if (!Number.isInteger(tenants) || tenants < 1 || tenants > 1_000_000)
    throw new Error(`--tenants expects a whole number from 1 to 1000000, got "${values.tenants}".`)
  const name = ENVIRONMENTS.find((each) => each === values.environment)
  if (!name) throw new Error(`--environment expects ${ENVIRONMENTS.join(', ')}, got "${values.environment}".`)
  return { tenants, environment: environmentOf(name) }
}

const print = (lines: readonly Line[]): void => {
  for (const { what, quantity, usd } of lines)
    console.log(`${what.padEnd(38)}${quantity.padStart(26)}${usd.toFixed(2).padStart(14)}`)
}

function bill({ tenants, environment }: Asked): void {
  const [platform, claude] = [billOf(tenants, environment), claudeLines(tenants)]
  const [without, all] = [total(platform), total(platform) + total(claude)]
  console.log(
    `${environment.name}: ${tenants.toLocaleString('en')} tenant(s) of ${tenantWords}; USD, prices of ${PRICES_AS_OF}\n`,
  )
  print(platform)
  print([{ what: 'without Claude', quantity: '', usd: without }])
  if (outgrows({ month: monthOfTenant(), tenants, environment }))
    console.log(
      `\nFor these the database of infra/${environment.name}.tfvars (${environment.database.vcpus} vCPU) is too small.`,
    )
  console.log()
  print(claude)
  console.log()
  if (tenants === REFERENCE.tenants)
    console.log(`reference_usd_per_month=${REFERENCE.usd}.00 (${((100 * all) / REFERENCE.usd).toFixed(0)} % of it)`)
  console.log(`without_claude_usd_per_month=${without.toFixed(2)}`)
  console.log(`per_tenant_usd_per_month=${(all / tenants).toFixed(2)}`)
  console.log(`total_usd_per_month=${all.toFixed(2)}`)
}

try {
  const asked = askedIn(process.argv.slice(2))
  if (asked === 'help') console.log(HELP)
  else bill(asked)
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nSee: npm run cost -- --help`)
  process.exitCode = 2
}
