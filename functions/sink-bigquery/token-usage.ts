import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import type { WarehouseRow } from '../../shared/warehouse/tables.ts'
import { append } from './append.ts'

type Stored = Omit<WarehouseRow<'ai_token_usage'>, 'called_at'> & { called_at: Date }

/** Appends the call with its costs by kind. Throws UNAVAILABLE when Postgres does not show it. */
export async function sinkTokenUsage({ tenantId, data: { call_id } }: ReceivedEvent<'ai.tokens_used'>): Promise<void> {
  const stored = await read(tenantId, call_id)
  if (!stored) throw new AppError('UNAVAILABLE', `The call ${call_id} is not in ai_token_usage.`)
  await append(tenantId, 'ai_token_usage', [{ ...stored, called_at: stored.called_at.toISOString() }])
}

// BigQuery's NUMERIC holds nine decimals.
const read = (tenantId: string, id: string): Promise<Stored | null> =>
  transaction((db) =>
    db.one<Stored>(sql`
      select call_id, question_id, brand_id, operation, model, outcome, input_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
        cache_read_tokens, output_tokens, round(input_cost_usd, 9) as input_cost_usd, round(cache_cost_usd, 9) as cache_cost_usd,
        round(output_cost_usd, 9) as output_cost_usd, round(total_cost_usd, 9) as total_cost_usd, called_at
      from ai_token_usage where tenant_id = ${tenantId} and call_id = ${id}`),
  )
