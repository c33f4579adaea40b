import * as z from 'zod'
import { query } from '../query.ts'
import type { Span } from './latency.ts'

const Micros = z.bigint().nullable()
const Row = z.object({
  brand_id: z.string(),
  kind: z.string(),
  currency: z.string(),
  accepted: z.bigint().transform(Number),
  measured: z.bigint().transform(Number),
  expected_micros: Micros,
  spend_before_micros: Micros,
  spend_after_micros: Micros,
  credited_before_micros: Micros,
  credited_after_micros: Micros,
})
export type RecommendationImpact = z.output<typeof Row>

/** Sums are of those measured alone, so that what was expected stands beside what came of the same ones. */
const SQL = `
  select brand_id, kind, currency, count(*) as accepted, countif(outcome_measured_at is not null) as measured,
    sum(case when outcome_measured_at is not null then expected_mid_micros end) as expected_micros,
    sum(spend_before_micros) as spend_before_micros, sum(spend_after_micros) as spend_after_micros,
    sum(credited_before_micros) as credited_before_micros, sum(credited_after_micros) as credited_after_micros
  from recommendations_latest
  where status = 'accepted' and decided_at >= cast(@since as timestamp) and decided_at < cast(@until as timestamp)
  group by brand_id, kind, currency order by brand_id, kind, currency`

/**
 * What came of the recommendations that were accepted in the span: 28 days before and after, in micros of `currency`; null where
 * nothing is measured yet. It shows what went along, not what was caused. Throws UNAVAILABLE.
 */
export const recommendationImpact = (tenantId: string, span: Span): Promise<RecommendationImpact[]> =>
  query(tenantId, { sql: SQL, params: span, row: Row })
