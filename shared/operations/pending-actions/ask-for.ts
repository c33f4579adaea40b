import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { actor } from '../../tenant.ts'
import { type AnyOperation, validInput } from '../call.ts'
import { Instant } from '../wire.ts'

const KEPT_MS = 7 * 86_400_000

/** What an agent is answered that asked for a change. */
export const AskedFor = z.object({
  pending_action_id: z.uuid(),
  status: z.literal('pending'),
  expires_at: Instant,
  message: z.string(),
})

/** Stores the wish of the actor for an operation that changes something; a person approves it. Throws INPUT_INVALID. */
export async function askFor(operation: AnyOperation, given: unknown): Promise<z.output<typeof AskedFor>> {
  const { tenantId, userId, apiKeyId } = actor()
  validInput(operation, given)
  const id = uuidv7()
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + KEPT_MS)
  await transaction(async (db) => {
    await db.query(sql`
      insert into pending_actions (tenant_id, action_id, operation, input, asked_by_user_id, asked_by_key_id, asked_at, expires_at)
      values (${tenantId}, ${id}, ${operation.name}, ${JSON.stringify(given)}::jsonb, ${userId}, ${apiKeyId}, ${now}, ${expiresAt})`)
    const data = { action: 'pending_action.asked', subject_id: id, details: { operation: operation.name } }
    await record(db, 'admin.action', { data })
  })
  return {
    pending_action_id: id,
    status: 'pending',
    expires_at: expiresAt.toISOString(),
    message: `Nothing has changed yet: a person has to approve this in the dashboard by ${expiresAt.toISOString()}.`,
  }
}
