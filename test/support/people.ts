import { randomBytes, scryptSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { issueAccessToken } from '../../shared/auth/access-token.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { Role } from '../../shared/tenant.ts'
import { asSystem } from './tenants.ts'

export type Person = { tenantId: string; userId: string; email: string; role: Role }
export type SignedIn = Person & { sessionId: string; token: string }

/** A user of the tenant; without a password nobody can sign in as them. */
export async function createPerson(
  tenantId: string,
  { email, role = 'analyst', password }: { email?: string; role?: Role; password?: string } = {},
): Promise<Person> {
  const userId = uuidv7()
  const person = { tenantId, userId, email: email ?? `${userId}@example.com`, role }
  const hashed = password === undefined ? 'none' : quickHash(password)
  await asSystem(tenantId, () =>
    transaction((db) =>
      db.query(sql`insert into users (tenant_id, user_id, email, hashed_password, role, created_at)
        values (${tenantId}, ${userId}, ${person.email}, ${hashed}, ${role}, ${new Date()})`),
    ),
  )
  return person
}

/** As the product stores it, at a thousandth of its cost: a stored hash says itself what it costs. */
function quickHash(password: string): string {
  const salt = randomBytes(16)
  const hash = scryptSync(password.normalize('NFKC'), salt, 32, { N: 2 ** 5, r: 8, p: 1 })
  return `scrypt$ln=5,r=8,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/** A person with a session and its access token, as after a sign-in (which itself costs a slow hash). */
export async function signIn(tenantId: string, role: Role = 'analyst'): Promise<SignedIn> {
  const person = await createPerson(tenantId, { role })
  const sessionId = uuidv7()
  await asSystem(tenantId, () =>
    transaction((db) =>
      db.query(sql`insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
        values (${tenantId}, ${sessionId}, ${person.userId}, 'none', ${new Date()}, now() + interval '30 days')`),
    ),
  )
  const { token } = await issueAccessToken({ ...person, sessionId })
  return { ...person, sessionId, token }
}
