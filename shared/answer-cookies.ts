import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from './errors.ts'

/** A cookie that scripts cannot read, for this host and no other, under a path (default: all); 0 seconds removes it. */
export type AnswerCookie = { name: string; value: string; maxAgeSeconds: number; path?: string; sameSite?: 'Strict' }

const exchanging = new AsyncLocalStorage<{ given: string; cookies: AnswerCookie[] }>()

/** Runs an operation for an adapter that can answer cookies, given the request's Cookie header; hands over those it set. */
export async function collectCookies<T>(
  given: string,
  work: () => Promise<T>,
): Promise<{ result: T; cookies: AnswerCookie[] }> {
  const cookies: AnswerCookie[] = []
  const result = await exchanging.run({ given, cookies }, work)
  return { result, cookies }
}

/** The request's cookie of this name; null without it, or where there is no HTTP request. */
export function givenCookie(name: string): string | null {
  const pairs = (exchanging.getStore()?.given ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

/** Lets an operation set a cookie on its answer. Throws INTERNAL where there is no HTTP answer: such operations are http only. */
export function setAnswerCookie(cookie: AnswerCookie): void {
  const exchange = exchanging.getStore()
  if (!exchange) throw new AppError('INTERNAL', 'A cookie can only be set on an answer over HTTP.')
  exchange.cookies.push(cookie)
}

/** As a Set-Cookie header. Lax: it comes along when a provider sends the person back to us, and with no other foreign request but links. */
export const setCookieHeader = ({ name, value, maxAgeSeconds, path = '/', sameSite }: AnswerCookie): string =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=${sameSite ?? 'Lax'}`
