import type { Table } from '../table.ts'

/** What was told in words, as it was written last: of a brand's day, or of the recommendation or alert that is named. */
export const insights = {
  columns: {
    recorded_at: 'TIMESTAMP',
    insight_id: 'STRING',
    brand_id: 'STRING?',
    day: 'DATE',
    recommendation_id: 'STRING?',
    alert_id: 'STRING?',
    written_by: 'STRING',
    reason: 'STRING?',
    text: 'STRING?',
    body: 'JSON?',
    model: 'STRING?',
    tokens_consumed: 'INTEGER',
    cost_usd: 'NUMERIC?',
    written_at: 'TIMESTAMP',
    version: 'INTEGER',
  },
  key: ['insight_id'],
  version: 'version',
  clustering: ['brand_id', 'day'],
} as const satisfies Table
