import type { Table } from '../table.ts'

/** As the last one who changed it left it, without who that was and what they said. Before and after: what came of one accepted. */
export const recommendations = {
  columns: {
    recorded_at: 'TIMESTAMP',
    recommendation_id: 'STRING',
    brand_id: 'STRING',
    kind: 'STRING',
    cause: 'STRING',
    status: 'STRING',
    title: 'STRING',
    body: 'JSON',
    currency: 'STRING',
    basis: 'STRING',
    confidence: 'STRING',
    expected_low_micros: 'INTEGER?',
    expected_mid_micros: 'INTEGER?',
    expected_high_micros: 'INTEGER?',
    created_at: 'TIMESTAMP',
    decided_at: 'TIMESTAMP?',
    outcome_measured_at: 'TIMESTAMP?',
    spend_before_micros: 'INTEGER?',
    spend_after_micros: 'INTEGER?',
    credited_before_micros: 'INTEGER?',
    credited_after_micros: 'INTEGER?',
    version: 'INTEGER',
  },
  key: ['recommendation_id'],
  version: 'version',
  clustering: ['brand_id', 'created_at'],
} as const satisfies Table
