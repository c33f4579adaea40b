import { beforeAll, describe, expect, it } from 'vitest'
import { buildApi } from '../../../shared/http/api.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { serveApp } from '../../support/http.ts'
import { createPerson } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

useDatabase()
useCloud()
let origin = ''
beforeAll(async () => {
  origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
})

type Sent = { cookie?: string; token?: string }

async function post(path: string, body: object, { cookie, token }: Sent = {}) {
  const headers = new Headers({ 'Content-Type': 'application/json' })
  if (cookie !== undefined) headers.set('Cookie', cookie)
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const set = response.headers.getSetCookie()[0] ?? ''
  const answer = (await response.json()) as { access_token?: string; refresh_token?: string }
  return { status: response.status, answer, set, cookie: set.split(';')[0] ?? '' }
}

const password = 'correct horse battery staple'
const IN_COOKIE = { refresh_token_in: 'cookie' }

describe('a refresh token in a cookie', () => {
  it('is never in the body, for the auth paths of this site alone, and goes on from token to token', async () => {
    const { tenantId } = await createTenant('cookies')
    const { email } = await createPerson(tenantId, { password })
    const signedIn = await post('/api/auth/login', { email, password, ...IN_COOKIE })
    expect(signedIn.answer).not.toHaveProperty('refresh_token')
    expect(signedIn.set).toMatch(/; Path=\/api\/auth; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict$/)
    const next = await post('/api/auth/refresh', IN_COOKIE, signedIn)
    expect(next).toMatchObject({ status: 200, answer: { access_token: expect.any(String) } })
    expect(next.answer).not.toHaveProperty('refresh_token')
    expect(next.cookie).not.toBe(signedIn.cookie)
    // A page that was left before its answer came brings the former cookie once more.
    expect(await post('/api/auth/refresh', IN_COOKIE, signedIn)).toMatchObject({ status: 200, cookie: next.cookie })
    const token = next.answer.access_token ?? ''
    const out = await post('/api/auth/logout', {}, { cookie: next.cookie, token })
    expect(out.set).toMatch(/^pulsepoint_refresh=; Path=\/api\/auth; Max-Age=0/)
    expect((await post('/api/auth/refresh', IN_COOKIE, next)).status).toBe(401)
  })

  it('is not taken by those who do not ask for it, and without one there is no session', async () => {
    const { tenantId } = await createTenant('no cookies')
    const { email } = await createPerson(tenantId, { password })
    const { cookie } = await post('/api/auth/login', { email, password, ...IN_COOKIE })
    expect((await post('/api/auth/refresh', {}, { cookie })).status).toBe(401)
    expect((await post('/api/auth/refresh', IN_COOKIE)).status).toBe(401)
  })
})
