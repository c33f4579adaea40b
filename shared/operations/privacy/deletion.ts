import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const DeletionState = z
  .object({
    status: z.enum(['provisioning', 'active', 'suspended', 'deleting']),
    erase_after: Instant.nullable().describe('Until then the tenant can be restored; null unless it is being deleted.'),
  })
  .meta({ examples: [{ status: 'deleting', erase_after: '2026-12-20T09:00:00.000Z' }] })

type Row = { status: z.output<typeof DeletionState>['status']; erase_after: Date | null }

/** How far the tenant's deletion is. */
export async function readDeletion(db: Db): Promise<z.output<typeof DeletionState>> {
  const row = await db.one<Row>(sql`select status, erase_after from tenants where id = ${actor().tenantId}`)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such tenant.')
  return { status: row.status, erase_after: instantOrNull(row.erase_after) }
}
