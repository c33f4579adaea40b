import type { Table } from '../table.ts'

/** One call of a model, as it was charged; a cost is null while the model's price is unknown. */
export const aiTokenUsage = {
  columns: {
    recorded_at: 'TIMESTAMP',
    call_id: 'STRING',
    question_id: 'STRING?',
    brand_id: 'STRING?',
    operation: 'STRING',
    model: 'STRING',
    outcome: 'STRING',
    input_tokens: 'INTEGER',
    cache_write_5m_tokens: 'INTEGER',
    cache_write_1h_tokens: 'INTEGER',
    cache_read_tokens: 'INTEGER',
    output_tokens: 'INTEGER',
    input_cost_usd: 'NUMERIC?',
    cache_cost_usd: 'NUMERIC?',
    output_cost_usd: 'NUMERIC?',
    total_cost_usd: 'NUMERIC?',
    called_at: 'TIMESTAMP',
  },
  key: ['call_id'],
  clustering: ['brand_id', 'called_at'],
} as const satisfies Table
