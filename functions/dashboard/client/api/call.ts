import { takeEarly } from './early.ts'
import type { Call, InputOf, OutputOf } from './operation-types.ts'
import { answerOf, fetchCall } from './request.ts'
import { currentToken, renewToken } from './session.ts'

type Options = { signal?: AbortSignal; accept?: string }

/** Sends with the session's token; an expired one is renewed once. */
export async function send<C extends Call>(call: C, input: InputOf<C>, options: Options = {}): Promise<Response> {
  const early = await takeEarly(call, input)
  if (early) return early
  const token = currentToken() ?? (await renewToken())
  const response = await fetchCall(call, input, { ...options, token })
  if (response.status !== 401) return response
  const renewed = await renewToken()
  return renewed === null ? response : fetchCall(call, input, { ...options, token: renewed })
}

/** Calls an operation. Reads are revalidated by the browser with the ETag of the answer before. Throws ApiError. */
export const invoke = async <C extends Call>(call: C, input: InputOf<C>, options: Options = {}): Promise<OutputOf<C>> =>
  answerOf<C>(await send(call, input, options))

/** An answer, and since when it may be out of date when the server could only give one it had kept. */
export type Read<T> = { data: T; staleSince: string | null }

export async function read<C extends Call>(
  call: C,
  input: InputOf<C>,
  options: Options = {},
): Promise<Read<OutputOf<C>>> {
  const response = await send(call, input, options)
  return { data: await answerOf<C>(response), staleSince: response.headers.get('X-Pulsepoint-Stale-Since') }
}
