import { databaseLines, functionLines, type Line, type Load, ORDERS_KEPT_MONTHS, ordersKept, round } from './compute.ts'
import type { Environment } from './environment.ts'
import { BIGQUERY, CLAUDE, EDGE, FIRESTORE, HOURS, KMS, LOGS, PUBSUB, SCHEDULER, SECRETS, TASKS } from './prices.ts'
import { BYTES, type Month, monthOfTenant, TENANT, TOKENS } from './usage.ts'

const GIB = 1024 ** 3
/** Facts stay 90 days, telemetry 7. */
const [FACT_MONTHS, TELEMETRY_MONTHS] = [3, 0.25]
/** Years in the warehouse, of which the first quarter is at the full price. */
const WAREHOUSE_MONTHS = 84

/** The month's bill of an environment without Claude, line by line, in USD. */
export function billOf(tenants: number, environment: Environment): Line[] {
  const month = monthOfTenant()
  const load = { month, tenants, environment }
  return [
    ...functionLines(load),
    ...databaseLines(load, storedGib(month, tenants)),
    ...messageLines(month, tenants),
    ...warehouseLines(month, tenants),
    ...firestoreLines(month, tenants),
    ...edgeLines(load),
    logLine(month, tenants),
    ...fixedLines(environment),
  ]
}

export const claudeLines = (tenants: number): Line[] => [
  {
    what: 'Claude: input tokens',
    quantity: round(tenants * TOKENS.input),
    usd: ((tenants * TOKENS.input) / 1e6) * CLAUDE.inputMillion,
  },
  {
    what: 'Claude: output tokens',
    quantity: round(tenants * TOKENS.output),
    usd: ((tenants * TOKENS.output) / 1e6) * CLAUDE.outputMillion,
  },
]

function storedGib({ facts, telemetry, brandDays }: Month, tenants: number): number {
  const each =
    ordersKept * BYTES.order +
    facts * FACT_MONTHS * BYTES.fact +
    telemetry * TELEMETRY_MONTHS * BYTES.telemetry +
    brandDays * ORDERS_KEPT_MONTHS * BYTES.brandDay
  return (each * tenants) / GIB
}

const over = (used: number, free: number): number => Math.max(0, used - free)

/** Each message is counted when it is published and when it is delivered. */
function messageLines({ syncs, changed, facts, batches }: Month, tenants: number): Line[] {
  const messages = tenants * (syncs * 2 + changed * 3 * 2 + facts * 4 + batches * 3)
  const gib = (messages * Math.max(PUBSUB.smallestBytes, BYTES.message)) / GIB
  const delayed = tenants * syncs * 0.05
  return [
    { what: 'Pub/Sub', quantity: `${gib.toFixed(1)} GiB`, usd: (over(gib, PUBSUB.freeGib) / 1024) * PUBSUB.tib },
    { what: 'Cloud Tasks', quantity: round(delayed), usd: (over(delayed, TASKS.free) / 1e6) * TASKS.million },
  ]
}

function warehouseLines({ facts, telemetry, changed }: Month, tenants: number): Line[] {
  const rows = tenants * (facts + telemetry + changed * 20)
  const inserted = (rows * BIGQUERY.smallestBytes) / GIB
  const monthly = (rows * BYTES.telemetry) / GIB
  const fresh = over(monthly * 3, BIGQUERY.freeStorageGib) * BIGQUERY.storageGib
  const kept = monthly * (WAREHOUSE_MONTHS - 3) * BIGQUERY.longTermGib
  const scanned = (tenants * 60 * BIGQUERY.smallestQueryBytes) / 1024 ** 4
  return [
    { what: 'BigQuery: inserts', quantity: `${round(rows)} rows`, usd: inserted * BIGQUERY.insertGib },
    {
      what: 'BigQuery: storage after seven years',
      quantity: `${(monthly * WAREHOUSE_MONTHS).toFixed(0)} GiB`,
      usd: fresh + kept,
    },
    {
      what: 'BigQuery: queries',
      quantity: `${scanned.toFixed(2)} TiB`,
      usd: over(scanned, BIGQUERY.freeQueryTib) * BIGQUERY.queryTib,
    },
  ]
}

/** Leases of limits and cached answers: about one read and half a write a request. */
function firestoreLines({ requests, syncs }: Month, tenants: number): Line[] {
  const reads = tenants * (requests + syncs * 0.2)
  const writes = reads / 2
  return [
    {
      what: 'Firestore: reads',
      quantity: round(reads),
      usd: (over(reads, FIRESTORE.freeReads) / 1e6) * FIRESTORE.readMillion,
    },
    {
      what: 'Firestore: writes',
      quantity: round(writes),
      usd: (over(writes, FIRESTORE.freeWrites) / 1e6) * FIRESTORE.writeMillion,
    },
  ]
}

function edgeLines({ month: { requests }, tenants, environment: { armorRules } }: Load): Line[] {
  const gib = (tenants * requests * BYTES.answer) / GIB
  const balancer = EDGE.ruleHour * HOURS + gib * EDGE.gib
  const armor = EDGE.armorPolicy + armorRules * EDGE.armorRule + ((tenants * requests) / 1e6) * EDGE.armorMillion
  return [
    { what: 'load balancer', quantity: `${gib.toFixed(1)} GiB`, usd: balancer },
    { what: 'Cloud Armor', quantity: `${armorRules} rules`, usd: armor },
    { what: 'egress to the internet', quantity: `${gib.toFixed(1)} GiB`, usd: over(gib, 1) * EDGE.egressGib },
  ]
}

/** A line for each sync and each failure; requests are telemetry, not lines. */
function logLine({ syncs, facts }: Month, tenants: number): Line {
  // The platform's own request log writes one for every invocation.
  const gib = (tenants * (syncs * 2 + facts * 3) * BYTES.logLine) / GIB
  return { what: 'Cloud Logging', quantity: `${gib.toFixed(1)} GiB`, usd: over(gib, LOGS.freeGib) * LOGS.gib }
}

const SECRET_READS = 200_000

const fixedLines = ({ jobs, secrets }: Environment): Line[] => [
  { what: 'Cloud Scheduler', quantity: `${jobs} jobs`, usd: over(jobs, SCHEDULER.free) * SCHEDULER.job },
  {
    what: 'Secret Manager',
    quantity: `${secrets} versions`,
    usd:
      over(secrets, SECRETS.freeVersions) * SECRETS.version +
      (over(SECRET_READS, SECRETS.freeReads) / 10_000) * SECRETS.tenThousandReads,
  },
  { what: 'KMS', quantity: '1 key', usd: KMS.key },
]

export const total = (lines: readonly Line[]): number => lines.reduce((sum, { usd }) => sum + usd, 0)
export const tenantWords = `${TENANT.brands} brands, ${TENANT.connections} connections, ${TENANT.orders} orders, ${TENANT.people} people, ${TENANT.questions} questions a month`
