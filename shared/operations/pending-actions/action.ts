import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'
import { isPermitted } from '../call.ts'
import { offeredOperations } from '../offered.ts'
import { Instant, instantOrNull } from '../wire.ts'

export const Status = z.enum(['pending', 'running', 'done', 'failed', 'rejected', 'expired'])
const Json = z.record(z.string(), z.unknown())

export const PendingAction = z.object({
  id: z.uuid(),
  operation: z.string().describe('The name of the operation that was asked for.'),
  input: Json,
  status: Status,
  asked_by: z.object({ user_id: z.uuid().nullable(), api_key_id: z.uuid().nullable() }),
  asked_at: Instant,
  expires_at: Instant,
  decided_by: z.uuid().nullable().describe('The person who approved or rejected it.'),
  decided_at: Instant.nullable(),
  reason: z.string().nullable().describe('Why it was rejected.'),
  output: Json.nullable().describe('What the operation answered.'),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})

type Dates = 'asked_at' | 'expires_at' | 'decided_at'
export type ActionRow = Omit<z.output<typeof PendingAction>, Dates | 'asked_by'> & {
  asked_at: Date
  expires_at: Date
  decided_at: Date | null
  asked_by_user_id: string | null
  asked_by_key_id: string | null
}

/** What is read of an action; one that nobody decided in time is expired, whatever is stored. */
export const columns = (now: Date) => sql`action_id as id, operation, input,
  case when status = 'pending' and expires_at <= ${now}::timestamptz then 'expired' else status end as status,
  asked_by_user_id, asked_by_key_id, asked_at, expires_at, decided_by, decided_at, reason, output, error`

export const actionOnWire = ({ asked_by_user_id, asked_by_key_id, ...row }: ActionRow) => ({
  ...row,
  asked_by: { user_id: asked_by_user_id, api_key_id: asked_by_key_id },
  asked_at: row.asked_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
  decided_at: instantOrNull(row.decided_at),
})

/** Names of the operations that the actor could do directly: actions of others do not exist for them. */
export const ownOperations = (): string[] =>
  offeredOperations()
    .filter(isPermitted)
    .map(({ name }) => name)

/** Throws NOT_FOUND, also for an action of another tenant or one that the actor could not do. */
export async function readAction(db: Db, id: string): Promise<ActionRow> {
  const row = await db.one<ActionRow>(sql`
    select ${columns(clock.now())} from pending_actions
    where tenant_id = ${actor().tenantId} and action_id = ${id} and operation = any(${ownOperations()})`)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such pending action.')
  return row
}

/** Why an action that is not pending can be decided no more. */
export const alreadyDecided = ({ status }: ActionRow): AppError =>
  new AppError('CONFLICT', `This action cannot be decided any more: it is ${status}.`, { details: { status } })

/** The id of the person who decides. Throws FORBIDDEN for keys: an agent does not approve its own wishes. */
export function decidingPerson(): string {
  const { userId, apiKeyId } = actor()
  if (userId !== null && apiKeyId === null) return userId
  throw new AppError('FORBIDDEN', 'A person decides on actions; sign in as one.')
}
