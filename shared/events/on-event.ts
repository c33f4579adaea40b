import type { CloudEvent } from '@google-cloud/functions-framework'
import * as z from 'zod'
import { AppError, toAppError } from '../errors.ts'
import { log, logError } from '../log.ts'
import { runAs, systemActor } from '../tenant.ts'
import { type EventType, isEventType, parseEventData, type ReceivedEvent } from './catalog.ts'

/** Handlers by event type; a function is only sent the types of its subscriptions. */
export type Handlers = { readonly [T in EventType]?: (event: ReceivedEvent<T>) => Promise<void> }

const Envelope = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  tenantid: z.uuid(),
  time: z.iso.datetime(),
})

/**
 * One delivery: envelope and data are validated, the handler runs as the event's tenant. Throws only what may succeed
 * later (Pub/Sub delivers again); a permanent failure is logged and acknowledged, or it would circle for ever.
 */
export async function handleEvent(
  functionName: string,
  handlers: Handlers,
  delivered: CloudEvent<unknown>,
): Promise<void> {
  try {
    const event = parseEvent(delivered)
    const handler = handlers[event.type] as ((event: ReceivedEvent) => Promise<void>) | undefined // keyed by the same type
    if (!handler) return log('DEBUG', `${functionName} has no handler for ${event.type}.`)
    await runAs(systemActor(event.tenantId, functionName, event.id), () => handler(event))
  } catch (error) {
    const failure = toAppError(error)
    if (failure.code === 'NOT_YET')
      log('NOTICE', `${functionName} waits with ${delivered.type}: ${failure.message}`, { event_id: delivered.id })
    else
      logError(`${functionName} failed on ${delivered.type ?? 'an event'}.`, error, {
        event_id: delivered.id,
        retry: failure.retry,
      })
    if (failure.retry) throw failure
  }
}

function parseEvent(delivered: CloudEvent<unknown>): ReceivedEvent {
  const envelope = Envelope.safeParse(delivered)
  if (!envelope.success)
    throw new AppError('EVENT_INVALID', `Not a Pulsepoint event: ${z.prettifyError(envelope.error)}`)
  const { id, type, tenantid, time } = envelope.data
  if (!isEventType(type)) throw new AppError('EVENT_INVALID', `Unknown event type ${type}.`)
  return { id, type, tenantId: tenantid, occurredAt: time, data: parseEventData(type, delivered.data) }
}
