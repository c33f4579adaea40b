import * as z from 'zod'
import { PLATFORM_TENANT_ID } from '../../tenant.ts'
import { query } from '../query.ts'

/** Days since and until, both included; `after`: the day and tenant of the last row shown before. */
export type DaysAsked = { since: string; until: string; tenant_id?: string | undefined; after: [string, string] | null }

const Count = z.bigint().transform(Number)
const Row = z.object({
  day: z.string(),
  tenant_id: z.string(),
  requests: Count,
  errors: Count,
  p50_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  questions: Count,
  ratings: Count,
  accurate: Count,
  tokens: Count,
  cost_usd: z.string(),
  syncs_ok: Count,
  syncs_failed: Count,
  oldest_data_s: z.number().nullable(),
})
export type TenantDay = z.output<typeof Row>

/** One more than the longest page, which tells that there is another. */
const AT_MOST = 101

const SQL = `
  select \`day\`, tenant_id, requests, errors, p50_ms, p95_ms, p99_ms, questions, ratings, accurate, tokens, cost_usd, syncs_ok,
    syncs_failed, oldest_data_s
  from tenant_days_latest
  where \`day\` >= cast(@since as date) and \`day\` <= cast(@until as date) and (@tenant_id = '' or tenant_id = @tenant_id)
    and (\`day\` < cast(@after_day as date) or (\`day\` = cast(@after_day as date) and tenant_id < @after_id))
  order by \`day\` desc, tenant_id desc limit ${AT_MOST}`

/** Tenants' days in figures, newest first, as the platform's own principal: for operators alone. Throws NO_ACTOR, UNAVAILABLE. */
export const tenantDays = ({ since, until, tenant_id = '', after }: DaysAsked): Promise<TenantDay[]> => {
  const [after_day, after_id] = after ?? ['9999-12-31', '']
  return query(PLATFORM_TENANT_ID, { sql: SQL, params: { since, until, tenant_id, after_day, after_id }, row: Row })
}
