import { v7 as uuidv7 } from 'uuid'
import { issueAccessToken } from '../../../shared/auth/access-token.ts'
import type { BenchDatabase } from '../database.ts'
import { brandId, tenantId } from '../tenancy/data.ts'

/** Somebody who asks for the dashboard of their own brand. */
export type Visitor = { tenantId: string; brandId: string; token: string }

/** Each has a limit of requests of their own, which the bench must not meet. */
const VISITORS_A_TENANT = 10

/** Signed-in admins of each tenant, the tenants as tenancy/data.ts numbers them. */
export async function signInVisitors({ admin }: BenchDatabase, tenants: number): Promise<Visitor[]> {
  const visitors: Visitor[] = []
  for (let n = 0; n < tenants * VISITORS_A_TENANT; n += 1) {
    const number = 1 + (n % tenants)
    const [tenant, user, session] = [tenantId(number), uuidv7(), uuidv7()]
    await admin.query(
      `insert into users (tenant_id, user_id, email, hashed_password, role, created_at) values ($1, $2, $3, 'none', 'admin', now())`,
      [tenant, user, `${user}@example.com`],
    )
    await admin.query(
      `insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
       values ($1, $2, $3, 'none', now(), now() + interval '1 day')`,
      [tenant, session, user],
    )
    const subject = { tenantId: tenant, userId: user, sessionId: session, role: 'admin' } as const
    const { token } = await issueAccessToken(subject)
    visitors.push({ tenantId: tenant, brandId: brandId(number), token })
  }
  return visitors
}
