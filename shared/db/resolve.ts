import { sql } from './sql.ts'
import { withoutTenant } from './transaction.ts'

/** A user whose e-mail matches; the caller checks the password against every one of them. */
export type LoginCandidate = { tenant_id: string; user_id: string; hashed_password: string; tenant_status: string }

/** Who is this? Asked before the tenant is known; only ids and hashes come back. Active users of all tenants with this e-mail. */
export const resolveLogin = (email: string): Promise<LoginCandidate[]> =>
  withoutTenant<LoginCandidate>(
    sql`select tenant_id, user_id, hashed_password, tenant_status from resolve_login(${email})`,
  )
