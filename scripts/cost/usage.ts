/** What a tenant is taken to be: the reference's mid-size customer. */
export const TENANT = {
  brands: 2,
  /** A shop and two ad accounts a brand. */
  connections: 6,
  orders: 2_000,
  people: 3,
  requestsAPerson: 1_000,
  questions: 200,
  hours: 720,
} as const

/** The reference's own: 50 M input tokens at 100 tenants; answers are one token for twenty read. */
export const TOKENS = { input: 500_000, output: 25_000 } as const

/**
 * CPU of one piece of work in ms, measured in November 2026 on AMD EPYC with Node 24 and PostgreSQL 18 as user + system
 * time of the product's process; requests include the client that asked.
 */
export const CPU_MS = {
  /** An hour of a connection in which one order changed. */
  quietSync: 38.3,
  /** Read, compare and write, of 4,000. */
  order: 0.128,
  /** The dashboard, from a brand's own cache and computed. */
  request: 9,
  /** A fact judged by every rule; the sink, n8n and deliveries do no more. */
  event: 3.4,
} as const

/** How long work is in flight, mostly waiting for others: providers answer in some 300 ms a call, our own services in 5 to 20. */
export const FLIGHT_MS = {
  sync: 1_500,
  attribute: 250,
  request: 60,
  question: 4_000,
  event: 40,
  minuteJob: 150,
} as const

/** With their indexes, measured by pg_total_relation_size. */
export const BYTES = {
  /** Order and one line 578; refunds, visits, transactions and credits in proportion of a generated store. */
  order: 2_400,
  fact: 546,
  telemetry: 426,
  /** A brand's day of the read model, over sources, campaigns and models. */
  brandDay: 12_000,
  message: 900,
  logLine: 450,
  answer: 9_000,
} as const

/** What a month of one tenant makes the platform do. */
export function monthOfTenant() {
  const { brands, connections, orders, people, requestsAPerson, questions, hours } = TENANT
  const syncs = connections * hours
  const requests = people * requestsAPerson
  // started and completed; sign-ins, alerts, advice and audit entries are few; a question leaves three.
  const facts = 2 * syncs + 400 + 3 * questions
  // Hours in which something changed: nearly all of the shop's, a third of the ads'.
  const changed = Math.round(brands * hours * 0.9)
  const telemetry = requests * 3
  const batches = Math.ceil(requests / 3)
  return { syncs, requests, facts, changed, telemetry, batches, orders, questions, brandDays: brands * 30 }
}
export type Month = ReturnType<typeof monthOfTenant>
