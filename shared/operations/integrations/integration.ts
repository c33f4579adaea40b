import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { AppError } from '../../errors.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const Integration = z
  .object({
    id: z.uuid(),
    brand_id: z.uuid(),
    platform: z.string(),
    account_id: z.string().describe("The provider's own id: a shop's domain, an ad account's digits."),
    account_name: z.string(),
    status: z.enum(['active', 'paused', 'needs_reauth', 'disconnected']),
    last_synced_at: Instant.nullable(),
    next_due_at: Instant,
    token_expires_at: Instant.nullable().describe(
      'Tokens are renewed by themselves before that, where it can be done.',
    ),
    error: z.object({ code: z.string(), message: z.string() }).nullable().describe("The latest sync's."),
    created_at: Instant,
  })
  .meta({
    examples: [
      {
        id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70',
        platform: 'shopify',
        account_id: 'northwind.myshopify.com',
        account_name: 'Northwind Outdoor',
        status: 'active',
        last_synced_at: '2026-11-20T09:17:04.000Z',
        next_due_at: '2026-11-20T10:17:00.000Z',
        token_expires_at: '2026-11-20T10:12:00.000Z',
        error: null,
        created_at: '2026-03-01T09:30:00.000Z',
      },
    ],
  })

type Wire = z.input<typeof Integration>
export type IntegrationRow = Pick<Wire, 'id' | 'brand_id' | 'platform' | 'account_id' | 'account_name' | 'status'> & {
  last_synced_at: Date | null
  next_due_at: Date
  token_expires_at: Date | null
  sync_error_code: string | null
  sync_error_message: string | null
  created_at: Date
}

/** Never the tokens. */
export const INTEGRATION_COLUMNS: Sql = sql`integration_id as id, brand_id, platform, account_id, account_name, status,
  last_synced_at, next_due_at, token_expires_at, sync_error_code, sync_error_message, created_at`

export function integrationOnWire({
  sync_error_code: code,
  sync_error_message: message,
  ...row
}: IntegrationRow): Wire {
  return {
    ...row,
    last_synced_at: instantOrNull(row.last_synced_at),
    next_due_at: row.next_due_at.toISOString(),
    token_expires_at: instantOrNull(row.token_expires_at),
    error: code === null ? null : { code, message: message ?? '' },
    created_at: row.created_at.toISOString(),
  }
}

/** Another tenant's integration and one that does not exist are the same. */
export const noSuchIntegration = (): AppError => new AppError('NOT_FOUND', 'There is no integration with this id.')
