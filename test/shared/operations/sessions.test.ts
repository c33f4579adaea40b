import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, it } from 'vitest'
import { issueAccessToken } from '../../../shared/auth/access-token.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenantId = ''

beforeAll(async () => {
  tenantId = (await createTenant('acme')).tenantId
})

/** Another session of the same person, which began so many days ago. */
async function another(person: SignedIn, daysAgo = 0): Promise<SignedIn> {
  const sessionId = uuidv7({ msecs: Date.now() - daysAgo * 86_400_000 })
  await database.asAdmin(
    `insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
     values ($1, $2, $3, 'none', now() - make_interval(days => $4), now() + make_interval(days => 30 - $4))`,
    [tenantId, sessionId, person.userId, daysAgo],
  )
  return { ...person, sessionId, token: (await issueAccessToken({ ...person, sessionId })).token }
}

type Listed = { sessions: { id: string; is_current: boolean }[]; next_cursor: string | null }
const list = async ({ token }: SignedIn, query = '') =>
  (await call(`/api/auth/sessions${query}`, { token })).body as Listed // 200 is what the contract suite checks
const worksStill = async ({ token }: SignedIn) => (await call('/api/auth/me', { token })).status === 200

it("shows one's own live sessions, newest first, page by page", async () => {
  const ana = await signIn(tenantId)
  await signIn(tenantId)
  const [old, expired] = [await another(ana, 3), await another(ana, 40)]
  expect(await list(ana)).toMatchObject({
    sessions: [
      { id: ana.sessionId, is_current: true },
      { id: old.sessionId, is_current: false },
    ],
    next_cursor: null,
  })
  const first = await list(ana, '?limit=1')
  const second = await list(ana, `?limit=1&cursor=${first.next_cursor}`)
  expect([...first.sessions, ...second.sessions].map(({ id }) => id)).toEqual([ana.sessionId, old.sessionId])
  expect(second.next_cursor).toBeNull()
  expect(await worksStill(expired)).toBe(false)
})

it("ends one of one's own, at once, and no one else's", async () => {
  const ana = await signIn(tenantId)
  const phone = await another(ana)
  const bo = await signIn(tenantId)
  expect(await worksStill(phone)).toBe(true)
  const end = ({ sessionId }: SignedIn) =>
    call(`/api/auth/sessions/${sessionId}`, { token: ana.token, method: 'DELETE' })
  expect(await end(bo)).toMatchObject({ status: 404 })
  expect(await end(phone)).toMatchObject({ status: 200, body: { sessions_ended: 1 } })
  expect(await end(phone)).toMatchObject({ status: 404 })
  expect(await Promise.all([ana, phone, bo].map(worksStill))).toEqual([true, false, true])
})

it('signing out ends this session, or everywhere all of them, at once', async () => {
  const ana = await signIn(tenantId)
  const [phone, laptop] = [await another(ana), await another(ana)]
  const bo = await signIn(tenantId)
  expect(await Promise.all([ana, phone, laptop, bo].map(worksStill))).toEqual([true, true, true, true])
  const leave = ({ token }: SignedIn, body?: object) =>
    call('/api/auth/logout', { token, method: 'POST', ...(body && { body }) })
  expect(await leave(ana)).toMatchObject({ status: 200, body: { sessions_ended: 1 } })
  expect(await Promise.all([ana, phone, laptop, bo].map(worksStill))).toEqual([false, true, true, true])
  expect(await leave(phone, { everywhere: true })).toMatchObject({ status: 200, body: { sessions_ended: 2 } })
  expect(await Promise.all([ana, phone, laptop, bo].map(worksStill))).toEqual([false, false, false, true])
})
