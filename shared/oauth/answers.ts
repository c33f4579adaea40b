import * as z from 'zod'
import { AppError } from '../errors.ts'
import { parseJson, request } from '../fetch.ts'

/** Printable ASCII: anything else would make a header, token and all, part of an error's text. */
export const Token = z
  .string()
  .max(4_096)
  .regex(/^[!-~]+$/)

type Asked = {
  target: string
  url: string
  method?: 'GET' | 'POST' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  /** Sent as a form: secrets never stand in a URL. */
  form?: Readonly<Record<string, string>>
  json?: unknown
}
export type JsonAnswer = { status: number; headers: Headers; json: unknown }

/** A person waits for these calls. */
const TIMEOUT_MS = 10_000
const MAX_BYTES = 2_000_000

/** One call, made once, of a provider's OAuth endpoints or its light reads. Throws PROVIDER_UNAVAILABLE, PROVIDER_BAD_RESPONSE. */
export async function askJson({ target, url, method = 'GET', headers = {}, form, json }: Asked): Promise<JsonAnswer> {
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, tries: 1 }
  const answer = await request({
    target,
    url,
    method,
    headers: { ...headers, ...typeOf(form, json) },
    ...limits,
    ...bodyOf(form, json),
  })
  return { status: answer.status, headers: answer.headers, json: parseJson(answer, target) }
}

const typeOf = (form: Asked['form'], json: unknown): Record<string, string> => {
  if (form) return { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' }
  return { Accept: 'application/json', ...(json !== undefined && { 'Content-Type': 'application/json' }) }
}

const bodyOf = (form: Asked['form'], json: unknown): { body?: string } => {
  if (form) return { body: String(new URLSearchParams(form)) }
  return json === undefined ? {} : { body: JSON.stringify(json) }
}

/** A provider's JSON as the schema says. Throws PROVIDER_BAD_RESPONSE, without quoting it: it may hold a token. */
export function readAs<T extends z.ZodType>(schema: T, json: unknown, target: string): z.output<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new AppError('PROVIDER_BAD_RESPONSE', `${target} answered something else than expected.`, {
    details: { fields: parsed.error.issues.map(({ path }) => path.join('.')) },
  })
}

/** When a token of so many seconds ends. */
export const endOf = (expiresIn: number | undefined, now: Date): Date | null =>
  expiresIn === undefined ? null : new Date(now.getTime() + expiresIn * 1000)
