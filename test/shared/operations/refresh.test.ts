import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { newSecretToken } from '../../../shared/auth/secret-token.ts'
import { forgetSecret } from '../../../shared/cloud/secrets.ts'
import { newKey } from '../../../shared/crypto.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useApi } from '../../support/api.ts'
import { JWT_KEYS, keyRing, setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson, type Person } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
const cloud = useCloud()
const call = useApi()

type Session = { person: Person; sessionId: string; token: string }
let count = 0
let ours: Session

/** A live session in a new tenant, as a sign-in leaves it. */
async function opened(): Promise<Session> {
  const { tenantId } = await createTenant(`tenant ${++count}`)
  const person = await createPerson(tenantId)
  const sessionId = uuidv7()
  const { token, hash } = newSecretToken({ tenantId, id: sessionId })
  await asSystem(tenantId, () =>
    transaction((db) =>
      db.query(sql`insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
        values (${tenantId}, ${sessionId}, ${person.userId}, ${hash}, now(), now() + interval '30 days')`),
    ),
  )
  return { person, sessionId, token }
}

type Answer = { status: number; body: { refresh_token: string; access_token: string } }
const refresh = async (token: string): Promise<Answer> => {
  const { status, body } = await call('/api/auth/refresh', { body: { refresh_token: token } })
  return { status, body: body as Answer['body'] } // read only where the status is 200
}
const stored = async ({ sessionId }: Session) => {
  const rows = await database.asAdmin<{ revoked_at: Date | null; refreshed_at: Date | null; expires_at: Date }>(
    'select revoked_at, refreshed_at, expires_at from sessions where session_id = $1',
    [sessionId],
  )
  return rows[0]
}

/** From here on every token was used longer ago than an answer takes to be lost. */
const laterOn = () => database.asAdmin("update used_refresh_tokens set used_at = used_at - interval '11 seconds'")

async function signWith(...keys: Uint8Array[]): Promise<void> {
  await setSecret(cloud.current().url, 'JWT_KEYS', keyRing(...keys))
  forgetSecret('JWT_KEYS')
}

beforeEach(async () => {
  ours = await opened()
})

describe('a refresh token', () => {
  it('is worth one exchange; what comes of it works and the end stays', async () => {
    const before = await stored(ours)
    const { status, body } = await refresh(ours.token)
    expect(status).toBe(200)
    expect(await call('/api/auth/me', { token: body.access_token })).toMatchObject({ status: 200 })
    const after = await stored(ours)
    expect(after).toMatchObject({ revoked_at: null, refreshed_at: expect.any(Date), expires_at: before?.expires_at })
    const texts = await database.asAdmin<{ text: string }>(
      'select s::text as text from sessions s union all select u::text from used_refresh_tokens u',
    )
    const secret = body.refresh_token.slice(-43)
    expect(texts.filter(({ text }) => text.includes(secret))).toEqual([])
    expect((await refresh(body.refresh_token)).status).toBe(200)
  })

  it('of a session that saw it before ends the session, however long ago that was', async () => {
    const first = await refresh(ours.token)
    const second = await refresh(first.body.refresh_token)
    expect((await refresh(ours.token)).status).toBe(409) // its successor arrived: it was used
    expect(await stored(ours)).toMatchObject({ revoked_at: null })
    await laterOn()
    expect((await refresh(ours.token)).status).toBe(401)
    expect(await stored(ours)).toMatchObject({ revoked_at: expect.any(Date) })
    expect((await refresh(second.body.refresh_token)).status).toBe(401)
    expect(await call('/api/auth/me', { token: second.body.access_token })).toMatchObject({ status: 401 })
    const facts = await database.asAdmin(
      `select metadata->>'reason' as reason from observability_facts where event_type = 'auth.logout' and user_id = $1`,
      [ours.person.userId],
    )
    expect(facts).toEqual([{ reason: 'refresh token used twice' }])
  })

  it('whose answer was lost gives the same successor for a moment, and ends the session after it', async () => {
    const lost = await refresh(ours.token)
    const repaired = await refresh(ours.token)
    expect(repaired).toMatchObject({ status: 200, body: { refresh_token: lost.body.refresh_token } })
    expect(await call('/api/auth/me', { token: repaired.body.access_token })).toMatchObject({ status: 200 })
    await laterOn()
    expect((await refresh(ours.token)).status).toBe(401)
    expect(await stored(ours)).toMatchObject({ revoked_at: expect.any(Date) })
    expect((await refresh(repaired.body.refresh_token)).status).toBe(401)
  })

  it('gives the same successor across a rotation of the keys, and another one under other keys', async () => {
    onTestFinished(() => signWith(...JWT_KEYS))
    const lost = await refresh(ours.token)
    await signWith(...JWT_KEYS, newKey())
    expect(await refresh(ours.token)).toMatchObject({ status: 200, body: { refresh_token: lost.body.refresh_token } })
    await signWith(newKey())
    expect((await refresh(ours.token)).status).toBe(409)
    expect((await refresh(lost.body.refresh_token)).status).toBe(200)
  })

  it('that was made up for a known session is refused and changes nothing', async () => {
    const { tenantId } = ours.person
    const madeUp = newSecretToken({ tenantId, id: ours.sessionId }).token
    const elsewhere = newSecretToken({ tenantId: (await opened()).person.tenantId, id: ours.sessionId }).token
    for (const token of [madeUp, elsewhere, `${ours.token}A`, ours.token.slice(0, -1), 'pp_x_y_z', ''])
      expect([token, (await refresh(token)).status]).toEqual([token, 401])
    expect(await stored(ours)).toMatchObject({ revoked_at: null })
    expect((await refresh(ours.token)).status).toBe(200)
  })

  it('at two places in the same moment gives both the same successor', async () => {
    await database.asAdmin('begin')
    await database.asAdmin('select from sessions where session_id = $1 for update', [ours.sessionId])
    const both = Promise.all([refresh(ours.token), refresh(ours.token)])
    const waiting = async () => {
      await database.asAdmin('select pg_stat_clear_snapshot()')
      const rows = await database.asAdmin(`select pid from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%refresh_hash%' and datname = current_database()`)
      return rows.length
    }
    await expect.poll(waiting, { timeout: 10_000 }).toBe(2)
    await database.asAdmin('commit')
    const [one, other] = await both
    expect([one.status, other.status]).toEqual([200, 200])
    expect(one.body.refresh_token).toBe(other.body.refresh_token)
    for (const { body } of [one, other])
      expect(await call('/api/auth/me', { token: body.access_token })).toMatchObject({ status: 200 })
    expect((await refresh(one.body.refresh_token)).status).toBe(200)
  })

  it.each([
    ['the session was revoked', 'update sessions set revoked_at = now() where session_id = $1', 401],
    ['the session has expired', 'update sessions set expires_at = now() where session_id = $1', 401],
    [
      'the user is not active',
      'update users set is_active = false where user_id = (select user_id from sessions where session_id = $1)',
      401,
    ],
    [
      'the tenant is suspended',
      `update tenants set status = 'suspended' where id = (select tenant_id from sessions where session_id = $1)`,
      403,
    ],
  ])('is worth nothing when %s, the first time and again', async (_, change, status) => {
    const used = await opened()
    expect((await refresh(used.token)).status).toBe(200)
    for (const { sessionId, token } of [ours, used]) {
      await database.asAdmin(change, [sessionId])
      expect((await refresh(token)).status).toBe(status)
    }
  })
})
