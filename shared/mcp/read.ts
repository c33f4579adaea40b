import * as z from 'zod'
import { brandOf } from '../http/brand-of.ts'
import { cachedAnswer } from '../operations/answer-cache.ts'
import { type AnyOperation, isPermitted, requirePermission, steps } from '../operations/call.ts'
import type { OnStep } from './offer.ts'

const Answer = z.record(z.string(), z.unknown())

/** Told of each call before it runs. */
export type OnCall = (operation: AnyOperation, given: unknown) => void

/** A read as the actor; its answer as it goes over the wire. */
export type Ask = (given: object) => Promise<Record<string, unknown>>

/** The operation of that name; null when it is not offered or the actor may not call it. */
export function asking(operations: readonly AnyOperation[], onCall: OnCall): (name: string) => Ask | null {
  return (name) => {
    const operation = operations.find((each) => each.name === name)
    if (!operation || !isPermitted(operation)) return null
    return (given) => {
      onCall(operation, given)
      return answerOf(operation, given)
    }
  }
}

/** What the operation answers the actor, as it goes over the wire; read from the primary, since no cookie tells here of an own write. */
export async function answerOf(
  operation: AnyOperation,
  given: object,
  onStep: OnStep = async () => undefined,
): Promise<Record<string, unknown>> {
  requirePermission(operation)
  if (operation.cached) {
    const { text } = await cachedAnswer({ operation, given, brandId: brandOf(operation, given) ?? null })
    return Answer.parse(JSON.parse(text))
  }
  return Answer.parse(await followed(operation, given, onStep))
}

/** The operation's output; each step on the way is told first. */
async function followed(operation: AnyOperation, given: object, onStep: OnStep): Promise<unknown> {
  const running = steps(operation, given)
  try {
    let step = await running.next()
    for (let progress = 1; !step.done; progress += 1) {
      await onStep({ progress, message: JSON.stringify(step.value) })
      step = await running.next()
    }
    return step.value
  } finally {
    await running.return(undefined)
  }
}
