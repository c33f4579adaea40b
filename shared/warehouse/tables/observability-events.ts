import type { Table } from '../table.ts'

export const observabilityEvents = {
  columns: {
    recorded_at: 'TIMESTAMP',
    event_id: 'STRING',
    class: 'STRING',
    event_type: 'STRING',
    timestamp: 'TIMESTAMP',
    brand_id: 'STRING?',
    user_id: 'STRING?',
    session_id: 'STRING?',
    request_id: 'STRING',
    duration_ms: 'FLOAT?',
    tokens_used: 'INTEGER?',
    cost_usd: 'NUMERIC?',
    status: 'STRING',
    error_message: 'STRING?',
    model_used: 'STRING?',
    accuracy_score: 'NUMERIC?',
    metadata: 'JSON',
  },
  key: ['event_id'],
  clustering: ['brand_id', 'timestamp'],
} as const satisfies Table
