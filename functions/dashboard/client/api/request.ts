import { ApiError } from './api-error.ts'
import type { Call, InputOf, OutputOf } from './operation-types.ts'

/** An input as the request that carries it: path segments, then the query or a JSON body. */
export function requestOf(call: Call, input: object): { url: string; body: string | null } {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return encodeURIComponent(String(value))
  })
  const isRead = call.method === 'get' || call.method === 'delete'
  if (!isRead) return { url: path, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = new URLSearchParams()
  for (const [name, value] of rest) for (const each of [value].flat()) query.append(name, String(each))
  return { url: query.size > 0 ? `${path}?${query}` : path, body: null }
}

type Options = { token?: string | null; signal?: AbortSignal; accept?: string }

/** One request, as it comes. Throws ApiError when there is no answer at all. */
export async function fetchCall<C extends Call>(call: C, input: InputOf<C>, options: Options = {}): Promise<Response> {
  const { url, body } = requestOf(call, Object(input))
  const headers = new Headers({ Accept: options.accept ?? 'application/json' })
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`)
  if (body !== null) headers.set('Content-Type', 'application/json')
  if (call.method === 'post' && options.token) headers.set('Idempotency-Key', crypto.randomUUID())
  const init = { method: call.method.toUpperCase(), headers, body, signal: options.signal ?? null }
  return window.fetch(url, init).catch((cause: unknown) => {
    throw options.signal?.aborted ? cause : new ApiError(0, null)
  })
}

/** The answer's JSON. Throws ApiError for any refusal. */
export async function answerOf<C extends Call>(response: Response): Promise<OutputOf<C>> {
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new ApiError(response.status, body)
  return body as OutputOf<C> // the operation's own schema checked it before it was sent
}
