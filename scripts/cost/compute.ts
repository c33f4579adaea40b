import { HOURS, RUN, SECONDS, SQL } from './prices.ts'
import { CPU_MS, FLIGHT_MS, type Month, TENANT } from './usage.ts'

export type Line = { what: string; quantity: string; usd: number }

type Work = { invocations: number; flightMs: number; concurrency: number }

/** How many functions answer a fact: alerts, sink, n8n. */
const LISTENERS = 3
/** Instances that production keeps: api 2, dashboard 1. */
const KEPT = 3
const INSTANCE_GIB = 0.5

/** Invocations by kind, over all tenants. */
const workOf = (month: Month, tenants: number): Work[] => [
  { invocations: month.syncs * tenants, flightMs: FLIGHT_MS.sync, concurrency: 8 },
  { invocations: 3 * month.changed * tenants, flightMs: FLIGHT_MS.attribute, concurrency: 20 },
  { invocations: (LISTENERS * month.facts + 2 * month.batches) * tenants, flightMs: FLIGHT_MS.event, concurrency: 20 },
  { invocations: month.requests * tenants, flightMs: FLIGHT_MS.request, concurrency: 40 },
  { invocations: month.questions * tenants, flightMs: FLIGHT_MS.question, concurrency: 40 },
  { invocations: 2 * HOURS * 60, flightMs: FLIGHT_MS.minuteJob, concurrency: 1 },
]

/**
 * Seconds in which an instance has at least one request: with few requests each is billed for itself, with many they share.
 * Little's law gives how many are in flight on average; bursts share like an even stream, which is the cautious side.
 */
function busySeconds({ invocations, flightMs, concurrency }: Work): number {
  const flight = Math.max(0.1, flightMs / 1_000)
  const inFlight = (invocations * flight) / SECONDS
  const shared = Math.min(concurrency, Math.max(1, inFlight))
  return (invocations * flight) / shared
}

const cpuSeconds = ({ syncs, orders, facts, batches, requests, questions, changed }: Month): number =>
  (syncs * CPU_MS.quietSync +
    changed * 3 * CPU_MS.quietSync +
    orders * CPU_MS.order +
    (LISTENERS * facts + 2 * batches) * CPU_MS.event +
    (requests + 5 * questions) * CPU_MS.request) /
  1_000

export function functionLines(month: Month, tenants: number): Line[] {
  const work = workOf(month, tenants)
  const invocations = work.reduce((sum, each) => sum + each.invocations, 0)
  // An instance has one vCPU: it is never busy for less than the CPU that it used.
  const busy = Math.max(
    work.reduce((sum, each) => sum + busySeconds(each), 0),
    cpuSeconds(month) * tenants,
  )
  const over = (used: number, free: number): number => Math.max(0, used - free)
  const { free } = RUN
  return [
    { what: 'functions: vCPU', quantity: `${round(busy)} s`, usd: over(busy, free.vcpuSeconds) * RUN.vcpuSecond },
    {
      what: 'functions: memory',
      quantity: `${round(busy * INSTANCE_GIB)} GiB s`,
      usd: over(busy * INSTANCE_GIB, free.gibSeconds) * RUN.gibSecond,
    },
    {
      what: 'functions: requests',
      quantity: round(invocations),
      usd: (over(invocations, free.requests) / 1e6) * RUN.million,
    },
    {
      what: 'functions: kept instances',
      quantity: String(KEPT),
      usd: KEPT * SECONDS * (RUN.idleVcpuSecond + INSTANCE_GIB * RUN.gibSecond),
    },
  ]
}

/** Peaks are four times the mean, and half of a processor is left free. */
const HEADROOM = 4 / 0.5
const GIB_A_VCPU = 3.75
/** Of one instance; beyond it tenants are divided over several. */
const LARGEST_VCPUS = 96

/** Postgres is taken to work as long as our own code does, which the benches show it to at most. */
export function databaseLines(month: Month, { tenants, storageGib }: { tenants: number; storageGib: number }): Line[] {
  const needed = (cpuSeconds(month) * tenants * HEADROOM) / SECONDS
  const vcpus = needed <= 1 ? 1 : 2 * Math.ceil(needed / 2)
  const gib = vcpus * GIB_A_VCPU
  const stored = Math.max(10, Math.ceil(storageGib * 1.3))
  return [
    {
      what: 'Cloud SQL: instance, regional',
      quantity: `${vcpus} vCPU, ${gib} GiB in ${Math.ceil(vcpus / LARGEST_VCPUS)}`,
      usd: SQL.regional * HOURS * (vcpus * SQL.vcpuHour + gib * SQL.gibHour),
    },
    { what: 'Cloud SQL: SSD, regional', quantity: `${stored} GiB`, usd: SQL.regional * stored * SQL.ssdGib },
    { what: 'Cloud SQL: backups', quantity: `${stored * 2} GiB`, usd: stored * 2 * SQL.backupGib },
  ]
}

export const round = (value: number): string => Math.round(value).toLocaleString('en')
export const ORDERS_KEPT_MONTHS = 24
export const ordersKept = TENANT.orders * ORDERS_KEPT_MONTHS
