import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
import { AppError, toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { actor } from '../tenant.ts'

/** Whoever has claimed a message and says nothing for this long is taken for dead. Longer than any send. */
const CLAIM_MS = 60_000

/** One message on one channel: what the delivery log knows it by. */
export type Outgoing = { channel: string; subjectId: string }
/** Sends it; the status that was answered, null where the other side speaks no HTTP. */
export type Send = () => Promise<number | null>

/**
 * Sends a message of the actor's tenant unless that was done, and notes the outcome. Of deliveries at the same time one sends
 * and the others fail as retryable until it is done. A crash between sending and noting it sends twice.
 * Returns the failure, if any; one that is not retryable is noted as such, and publishing the event again tries anew.
 */
export async function deliverOnce(outgoing: Outgoing, send: Send): Promise<AppError | null> {
  const state = await claim(outgoing)
  if (state === 'sent') return null
  if (state === 'busy') return new AppError('UNAVAILABLE', `Another delivery is sending this to ${outgoing.channel}.`)
  const { failure, httpStatus } = await attempt(outgoing, send)
  // Told to wait: the claim stays, so that nobody sends before it runs out.
  if (failure?.code === 'PROVIDER_RATE_LIMITED') return failure
  await note(outgoing, { failure, httpStatus })
  return failure
}

type Outcome = { failure: AppError | null; httpStatus: number | null }

async function attempt({ channel, subjectId }: Outgoing, send: Send): Promise<Outcome> {
  try {
    return { failure: null, httpStatus: await send() }
  } catch (error) {
    const failure = toAppError(error)
    // What is worth a retry is thrown in the end and logged there.
    if (!failure.retry) logError(`A message is not sent to ${channel}.`, error, { subject_id: subjectId })
    const { status } = failure.details
    return { failure, httpStatus: typeof status === 'number' && status > 0 ? status : null }
  }
}

async function claim({ channel, subjectId }: Outgoing): Promise<'claimed' | 'sent' | 'busy'> {
  const { tenantId } = actor()
  const now = clock.now()
  const abandonedBefore = new Date(now.getTime() - CLAIM_MS)
  return transaction(async (db) => {
    const claimed = await db.one(sql`
      insert into webhook_deliveries as d (tenant_id, channel, subject_id, status, updated_at)
      values (${tenantId}, ${channel}, ${subjectId}, 'sending', ${now})
      on conflict (tenant_id, channel, subject_id) do update
      set status = 'sending', attempts = d.attempts + 1, error_message = null, updated_at = excluded.updated_at
      where d.status = 'failed' or (d.status = 'sending' and d.updated_at <= ${abandonedBefore})
      returning subject_id`)
    if (claimed) return 'claimed'
    const sent = await db.one(sql`
      select subject_id from webhook_deliveries
      where tenant_id = ${tenantId} and channel = ${channel} and subject_id = ${subjectId} and status = 'sent'`)
    return sent ? 'sent' : 'busy'
  })
}

const note = ({ channel, subjectId }: Outgoing, { failure, httpStatus }: Outcome): Promise<unknown> =>
  transaction((db) =>
    db.query(sql`
      update webhook_deliveries
      set status = ${failure ? 'failed' : 'sent'}, error_message = ${failure?.message ?? null}, http_status = ${httpStatus},
        updated_at = ${clock.now()}
      where tenant_id = ${actor().tenantId} and channel = ${channel} and subject_id = ${subjectId}`),
  )
