import type { OutputOf } from './operation-types.ts'
import { operations } from './operations.ts'
import { answerOf, fetchCall } from './request.ts'

type Tokens = OutputOf<typeof operations.login>

/** Says only that there is a session to continue, so that nobody who has none is asked for one. */
const MARK = 'pulsepoint.session'
const RENEWAL = 'pulsepoint.renewal'

let access: string | null = null
let onEnd: () => void = () => undefined

/** In memory alone: a page that is loaded anew asks for another. */
export const currentToken = (): string | null => access
export const mayContinue = (): boolean => localStorage.getItem(MARK) !== null
/** Lets the document show the outline of the pages as long as these are not there. */
export const showOutline = (): void => {
  document.documentElement.dataset.session = 'continues'
}
/** Called when the session has ended here: by signing out, or because the server says so. */
export const whenSessionEnds = (listener: () => void): void => {
  onEnd = listener
}

export function beginSession({ access_token }: Tokens): void {
  access = access_token
  localStorage.setItem(MARK, '1')
  showOutline()
}

export function endSession(): void {
  access = null
  localStorage.removeItem(MARK)
  delete document.documentElement.dataset.session
  onEnd()
}

let renewing: Promise<string | null> | null = null

/** A new access token by the cookie; null when there is no session to continue. Throws ApiError when that cannot be told. */
export function renewToken(): Promise<string | null> {
  if (!mayContinue()) return Promise.resolve(null)
  renewing ??= inTurn().finally(() => {
    renewing = null
  })
  return renewing
}

/** A token works once, or again within seconds: windows of one browser take turns, so that each brings the newest. */
const inTurn = (): Promise<string | null> => navigator.locks.request(RENEWAL, renew)

async function renew(): Promise<string | null> {
  const response = await fetchCall(operations.refresh, { refresh_token_in: 'cookie' })
  if (response.status === 401 || response.status === 403) {
    endSession()
    return null
  }
  beginSession(await answerOf<typeof operations.refresh>(response))
  return access
}
