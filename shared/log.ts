import { AsyncLocalStorage } from 'node:async_hooks'
import { config } from './config.ts'
import { AppError } from './errors.ts'
import { actorOrNull } from './tenant.ts'

export type Severity = 'DEBUG' | 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR' | 'CRITICAL'
type Fields = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>

const currentTrace = new AsyncLocalStorage<string>()

/** Log lines of `work` belong to this trace: 32 hex digits of W3C Trace Context. */
export const traced = <T>(traceId: string, work: () => T): T => currentTrace.run(traceId, work)

/**
 * One JSON line as Cloud Logging reads it. Fields are named one by one by the caller, so that no secret slips in by spreading.
 * Source: cloud.google.com/logging/docs/structured-logging, "Special JSON fields", 2026-11
 */
export function log(severity: Severity, message: string, fields: Fields = {}): void {
  const actor = actorOrNull()
  const trace = currentTrace.getStore()
  // No field of a caller stands in for these two.
  const { severity: _, message: __, ...others } = fields
  const line = {
    severity,
    message,
    ...others,
    version: config('VERSION'),
    ...(actor && {
      'logging.googleapis.com/labels': { tenant_id: actor.tenantId, request_id: actor.requestId, actor: actor.name },
    }),
    ...(trace && { 'logging.googleapis.com/trace': `projects/${config('GOOGLE_CLOUD_PROJECT')}/traces/${trace}` }),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** An error with its code and the chain of causes; the stack is for us and stays in the log. */
export function logError(message: string, error: unknown, fields: Fields = {}): void {
  const code = error instanceof AppError ? error.code : 'INTERNAL'
  const severity = error instanceof AppError && error.retry ? 'WARNING' : 'ERROR'
  log(severity, message, { ...fields, code, causes: causes(error), stack: stackOf(error) })
}

function causes(error: unknown): string[] {
  const chain: string[] = []
  for (let next = error; next instanceof Error && chain.length < 5; next = next.cause) chain.push(next.message)
  return chain
}

const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined)
