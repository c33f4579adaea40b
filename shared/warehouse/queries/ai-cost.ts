import * as z from 'zod'
import { query } from '../query.ts'
import type { Span } from './latency.ts'

const Row = z.object({ day: z.string(), tokens: z.bigint().transform(Number), cost_usd: z.string() })
export type CostDay = z.output<typeof Row>

const SQL = `
  select cast(\`timestamp\` as date) as \`day\`, sum(coalesce(tokens_used, 0)) as tokens, sum(coalesce(cost_usd, 0)) as cost_usd
  from observability_events_latest
  where (tokens_used is not null or cost_usd is not null)
    and \`timestamp\` >= cast(@since as timestamp) and \`timestamp\` < cast(@until as timestamp)
  group by 1 order by 1`

/** What models cost this tenant by day (UTC), oldest first; days without any are left out. Throws UNAVAILABLE. */
export const aiCostByDay = (tenantId: string, span: Span): Promise<CostDay[]> =>
  query(tenantId, { sql: SQL, params: span, row: Row })
