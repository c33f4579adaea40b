import type { Table } from '../table.ts'

/** Of the platform alone: a tenant's day (UTC) in figures, without content. Percentiles are of requests, by nearest rank. */
export const tenantDays = {
  columns: {
    recorded_at: 'TIMESTAMP',
    day: 'DATE',
    tenant_id: 'STRING',
    requests: 'INTEGER',
    errors: 'INTEGER',
    p50_ms: 'FLOAT?',
    p95_ms: 'FLOAT?',
    p99_ms: 'FLOAT?',
    questions: 'INTEGER',
    ratings: 'INTEGER',
    accurate: 'INTEGER',
    tokens: 'INTEGER',
    cost_usd: 'NUMERIC',
    syncs_ok: 'INTEGER',
    syncs_failed: 'INTEGER',
    oldest_data_s: 'FLOAT?',
    version: 'INTEGER',
  },
  key: ['day', 'tenant_id'],
  version: 'version',
  clustering: ['tenant_id', 'day'],
} as const satisfies Table
