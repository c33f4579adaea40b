/**
 * Public list prices in USD, region us-central1, without commitments; a month has 730 hours. Those of Cloud Run and Cloud SQL
 * were compared with cloud.google.com/<product>/pricing, the others are as known in 2026-06: compare them before you rely on them.
 */
export const PRICES_AS_OF = '2026-06'
export const HOURS = 730
export const SECONDS = HOURS * 3_600

/** Cloud Run functions, billed while a request is in flight. */
export const RUN = {
  vcpuSecond: 0.000024,
  gibSecond: 0.0000025,
  /** Of a kept instance that has nothing to do. */
  idleVcpuSecond: 0.0000025,
  million: 0.4,
  free: { vcpuSeconds: 180_000, gibSeconds: 360_000, requests: 2_000_000 },
} as const

/** Cloud SQL Enterprise; regional availability doubles both instance and storage. */
export const SQL = { vcpuHour: 0.0413, gibHour: 0.007, ssdGib: 0.17, backupGib: 0.08, regional: 2 } as const

export const PUBSUB = { tib: 40, freeGib: 10, smallestBytes: 1_000 } as const
export const TASKS = { million: 0.4, free: 1_000_000 } as const
export const SCHEDULER = { job: 0.1, free: 3 } as const
export const SECRETS = { version: 0.06, tenThousandReads: 0.03, freeVersions: 6, freeReads: 10_000 } as const
export const FIRESTORE = { readMillion: 0.3, writeMillion: 0.9, freeReads: 1_500_000, freeWrites: 600_000 } as const

/** insertAll counts a row as at least 1 KB; storage is long-term after 90 days. */
export const BIGQUERY = {
  insertGib: 0.05,
  smallestBytes: 1_024,
  storageGib: 0.02,
  longTermGib: 0.01,
  freeStorageGib: 10,
  queryTib: 6.25,
  freeQueryTib: 1,
  smallestQueryBytes: 10_485_760,
} as const

export const EDGE = {
  ruleHour: 0.025,
  gib: 0.008,
  armorPolicy: 5,
  armorRule: 1,
  armorMillion: 0.75,
  egressGib: 0.12,
} as const
export const LOGS = { gib: 0.5, freeGib: 50 } as const
export const KMS = { key: 0.06 } as const
/** A million tokens of claude-sonnet-5-5, as the product's own price table has it; without the cache, which makes most input cheaper. */
export const CLAUDE = { inputMillion: 2, outputMillion: 10 } as const
