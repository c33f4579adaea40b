import type { Table } from '../table.ts'

export const alerts = {
  columns: {
    recorded_at: 'TIMESTAMP',
    alert_id: 'STRING',
    brand_id: 'STRING?',
    rule: 'STRING',
    cause: 'STRING',
    severity: 'STRING',
    status: 'STRING',
    title: 'STRING',
    message: 'STRING',
    details: 'JSON',
    raised_at: 'TIMESTAMP',
    resolved_at: 'TIMESTAMP?',
    version: 'INTEGER',
  },
  key: ['alert_id'],
  version: 'version',
  clustering: ['brand_id', 'raised_at'],
} as const satisfies Table
