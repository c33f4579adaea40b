import type { Environment, Size } from './environment.ts'
import { HOURS, RUN, SECONDS, SQL } from './prices.ts'
import { CPU_MS, FLIGHT_MS, type Month, TENANT } from './usage.ts'

export type Line = { what: string; quantity: string; usd: number }

type Work = { invocations: number; flightMs: number; size: Size }
/** What there is to do, and for whom, with what infra makes. */
export type Load = { month: Month; tenants: number; environment: Environment }

/** How many functions answer a fact: alerts, sink, n8n. */
const LISTENERS = 3

/** Invocations by kind, over all tenants. */
const workOf = ({ month, tenants, environment: { sizes } }: Load): Work[] => [
  { invocations: month.syncs * tenants, flightMs: FLIGHT_MS.sync, size: sizes.sync },
  { invocations: 3 * month.changed * tenants, flightMs: FLIGHT_MS.attribute, size: sizes.others },
  {
    invocations: (LISTENERS * month.facts + 2 * month.batches) * tenants,
    flightMs: FLIGHT_MS.event,
    size: sizes.others,
  },
  { invocations: month.requests * tenants, flightMs: FLIGHT_MS.request, size: sizes.api },
  { invocations: month.questions * tenants, flightMs: FLIGHT_MS.question, size: sizes.api },
  { invocations: 2 * HOURS * 60, flightMs: FLIGHT_MS.minuteJob, size: { ...sizes.others, concurrency: 1 } },
]

/**
 * Seconds in which an instance has at least one request: with few requests each is billed for itself, with many they share.
 * Little's law gives how many are in flight on average; bursts share like an even stream, which is the cautious side.
 */
function busySeconds({ invocations, flightMs, size }: Work): number {
  const flight = Math.max(0.1, flightMs / 1_000)
  const inFlight = (invocations * flight) / SECONDS
  const shared = Math.min(size.concurrency, Math.max(1, inFlight))
  return (invocations * flight) / shared
}

const cpuSeconds = ({ syncs, orders, facts, batches, requests, questions, changed }: Month): number =>
  (syncs * CPU_MS.quietSync +
    changed * 3 * CPU_MS.quietSync +
    orders * CPU_MS.order +
    (LISTENERS * facts + 2 * batches) * CPU_MS.event +
    (requests + 5 * questions) * CPU_MS.request) /
  1_000

export function functionLines(load: Load): Line[] {
  const work = workOf(load)
  const sum = (of: (each: Work) => number): number => work.reduce((total, each) => total + of(each), 0)
  const invocations = sum((each) => each.invocations)
  const inFlight = sum(busySeconds)
  // An instance has one vCPU: it is never busy for less than the CPU that it used.
  const busy = Math.max(inFlight, cpuSeconds(load.month) * load.tenants)
  const gibSeconds = (sum((each) => busySeconds(each) * each.size.gib) * busy) / inFlight
  const over = (used: number, free: number): number => Math.max(0, used - free)
  const { free } = RUN
  return [
    { what: 'functions: vCPU', quantity: `${round(busy)} s`, usd: over(busy, free.vcpuSeconds) * RUN.vcpuSecond },
    {
      what: 'functions: memory',
      quantity: `${round(gibSeconds)} GiB s`,
      usd: over(gibSeconds, free.gibSeconds) * RUN.gibSecond,
    },
    {
      what: 'functions: requests',
      quantity: round(invocations),
      usd: (over(invocations, free.requests) / 1e6) * RUN.million,
    },
    keptLine(load.environment),
  ]
}

function keptLine({ sizes }: Environment): Line {
  const kept = Object.values(sizes)
  return {
    what: 'functions: kept instances',
    quantity: String(kept.reduce((sum, { min }) => sum + min, 0)),
    usd: kept.reduce((sum, { min, gib }) => sum + min * SECONDS * (RUN.idleVcpuSecond + gib * RUN.gibSecond), 0),
  }
}

/** Peaks are four times the mean, and half of a processor is left free. */
const HEADROOM = 4 / 0.5
const GIB_A_VCPU = 3.75
/** Of one instance; beyond it tenants are divided over several. */
const LARGEST_VCPUS = 96

/** Postgres is taken to work as long as our own code does, which the benches show it to at most. */
const neededVcpus = ({ month, tenants }: Load): number => {
  const needed = (cpuSeconds(month) * tenants * HEADROOM) / SECONDS
  return needed <= 1 ? 1 : 2 * Math.ceil(needed / 2)
}

/** Whether the environment's own database is smaller than these tenants need: then the bill has a larger one. */
export const outgrows = (load: Load): boolean => neededVcpus(load) > load.environment.database.vcpus

export function databaseLines(load: Load, storageGib: number): Line[] {
  const { database } = load.environment
  const vcpus = Math.max(database.vcpus, neededVcpus(load))
  const gib = outgrows(load) ? vcpus * GIB_A_VCPU : database.gib
  const stored = Math.max(10, Math.ceil(storageGib * 1.3))
  const [times, words] = database.available ? [SQL.regional, 'regional'] : [1, 'zonal']
  const instance = HOURS * (vcpus * SQL.vcpuHour + gib * SQL.gibHour)
  const size = `${vcpus} vCPU, ${gib} GiB in ${Math.ceil(vcpus / LARGEST_VCPUS)}`
  const replica = { what: 'Cloud SQL: replica', quantity: size, usd: instance + stored * SQL.ssdGib }
  return [
    { what: `Cloud SQL: instance, ${words}`, quantity: size, usd: times * instance },
    { what: `Cloud SQL: SSD, ${words}`, quantity: `${stored} GiB`, usd: times * stored * SQL.ssdGib },
    ...(database.replica ? [replica] : []),
    { what: 'Cloud SQL: backups', quantity: `${stored * 2} GiB`, usd: stored * 2 * SQL.backupGib },
  ]
}

export const round = (value: number): string => Math.round(value).toLocaleString('en')
export const ORDERS_KEPT_MONTHS = 24
export const ordersKept = TENANT.orders * ORDERS_KEPT_MONTHS
