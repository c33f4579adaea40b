import { sql } from './sql.ts'
import { withoutTenant } from './transaction.ts'

/** A user whose e-mail matches; the caller checks the password against every one of them. null: invited, without one yet. */
export type LoginCandidate = {
  tenant_id: string
  user_id: string
  hashed_password: string | null
  tenant_status: string
  /** They have answered a letter to this address. */
  is_verified: boolean
}

/** Who is this? Asked before the tenant is known; only ids and hashes come back. Active users of all tenants with this e-mail: the verified first, then the oldest. */
export const resolveLogin = (email: string): Promise<LoginCandidate[]> =>
  withoutTenant<LoginCandidate>(
    sql`select tenant_id, user_id, hashed_password, tenant_status, is_verified from resolve_login(${email})`,
  )

/** A connection to a shop; the same shop may be connected by several tenants. */
export type ShopConnection = { tenant_id: string; brand_id: string; integration_id: string }

/** Every connection to the shop with this domain, whatever its status. */
export const resolveShop = (domain: string): Promise<ShopConnection[]> =>
  withoutTenant<ShopConnection>(sql`select tenant_id, brand_id, integration_id from resolve_shop(${domain})`)

/** Whether any tenant still has a connection of this account that is not disconnected. */
export async function isAccountInUse(platform: string, accountId: string): Promise<boolean> {
  const [row] = await withoutTenant<{ in_use: boolean }>(
    sql`select resolve_account_in_use(${platform}, ${accountId}) as in_use`,
  )
  return row?.in_use ?? true
}
