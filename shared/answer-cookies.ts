import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from './errors.ts'

/** A cookie that scripts cannot read, for the whole host and no other; 0 seconds removes it. */
export type AnswerCookie = { name: string; value: string; maxAgeSeconds: number }

const collecting = new AsyncLocalStorage<AnswerCookie[]>()

/** Runs an operation for an adapter that can answer cookies, and hands over those it set. */
export async function collectCookies<T>(work: () => Promise<T>): Promise<{ result: T; cookies: AnswerCookie[] }> {
  const cookies: AnswerCookie[] = []
  const result = await collecting.run(cookies, work)
  return { result, cookies }
}

/** Lets an operation set a cookie on its answer. Throws INTERNAL where there is no HTTP answer: such operations are http only. */
export function setAnswerCookie(cookie: AnswerCookie): void {
  const cookies = collecting.getStore()
  if (!cookies) throw new AppError('INTERNAL', 'A cookie can only be set on an answer over HTTP.')
  cookies.push(cookie)
}

/** As a Set-Cookie header. Lax: it comes along when a provider sends the person back to us, and with no other foreign request but links. */
export const setCookieHeader = ({ name, value, maxAgeSeconds }: AnswerCookie): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`
