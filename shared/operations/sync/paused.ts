import * as z from 'zod'
import type { Db } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { Instant, instantOrNull } from '../wire.ts'
import { ConnectionStatus } from './connection.ts'
import type { LockedConnection } from './locked.ts'

/** What pausing and resuming answer. */
export const PausedOrNot = z
  .object({
    integration_id: z.uuid(),
    status: ConnectionStatus,
    paused_since: Instant.nullable(),
    next_due_at: Instant.describe('When it is synced next; has no meaning while it is paused.'),
  })
  .meta({
    examples: [
      {
        integration_id: '0192d3f4-5a6b-7c8d-9e0f-aaaaaaaaaaaa',
        status: 'paused',
        paused_since: '2026-11-20T10:15:00.000Z',
        next_due_at: '2026-11-20T10:42:00.000Z',
      },
    ],
  })

export const pausedOnWire = (row: LockedConnection): z.input<typeof PausedOrNot> => ({
  integration_id: row.integration_id,
  status: row.status,
  paused_since: row.status === 'paused' ? instantOrNull(row.paused_at) : null,
  next_due_at: row.next_due_at.toISOString(),
})

/** The fact that its status was changed by a person. */
export async function recordStatus(db: Db, before: LockedConnection, to: ConnectionStatus): Promise<void> {
  const changes = { status: { from: before.status, to } }
  const data = { what: 'integration', subject_id: before.integration_id, changes }
  await record(db, 'config.changed', { data, brandId: before.brand_id })
}
