import type { Call, InputOf } from './operation-types.ts'
import { fetchCall, requestOf } from './request.ts'
import { renewToken } from './session.ts'

/** Answers that are on their way since before the pages' own script was there; each is taken once. */
const early = new Map<string, Promise<Response | null>>()

/** Asks for what a page is going to read, so that it comes while the page's script does. */
export function askEarly<C extends Call>(call: C, input: InputOf<C>): void {
  const answer = renewToken().then((token) => (token === null ? null : fetchCall(call, input, { token })))
  early.set(
    requestOf(call, Object(input)).url,
    answer.catch(() => null),
  )
}

/** The answer that is on its way; null when none is, or when it must be asked for again. */
export async function takeEarly<C extends Call>(call: C, input: InputOf<C>): Promise<Response | null> {
  const { url } = requestOf(call, Object(input))
  const answer = await early.get(url)
  early.delete(url)
  return call.method === 'get' && answer?.ok ? answer : null
}

/** With the session that they were asked for by. */
export const forgetEarly = (): void => early.clear()
