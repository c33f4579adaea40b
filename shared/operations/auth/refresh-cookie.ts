import * as z from 'zod'
import { givenCookie, setAnswerCookie } from '../../answer-cookies.ts'

const NAME = 'pulsepoint_refresh'

/** Where a refresh token travels: pages ask for a cookie, which no script can read. */
export const TokenPlace = z
  .enum(['body', 'cookie'])
  .default('body')
  .describe('Where the refresh token is: in the body, or for browsers in a cookie that scripts cannot read.')
export type TokenPlace = z.output<typeof TokenPlace>

/** Strict, and sent to the auth paths alone: no other site can have a session continued. */
const cookie = (value: string, maxAgeSeconds: number) =>
  ({ name: NAME, value, maxAgeSeconds, path: '/api/auth', sameSite: 'Strict' }) as const

export const keepInCookie = (token: string, maxAgeSeconds: number): void =>
  setAnswerCookie(cookie(token, maxAgeSeconds))
export const forgetCookie = (): void => setAnswerCookie(cookie('', 0))
export const tokenInCookie = (): string | null => givenCookie(NAME)
