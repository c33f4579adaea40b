import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Account, OAuthProvider } from '../../../shared/oauth/provider.ts'
import type { RoundTrip } from '../../../shared/oauth/state.ts'
import { actor } from '../../../shared/tenant.ts'

type Choice = { provider: OAuthProvider; trip: RoundTrip; accounts: readonly Account[] }
type Known = { account_id: string; brand_id: string; status: string }

/**
 * The one account to connect. An agency's sign-in opens the accounts of many companies, and connecting all of them would
 * mix others' spend into this brand. So: the account asked for; else one that this brand had before (the one in need
 * first); else the first usable one that no other brand has. Throws PROVIDER_PERMISSION, PROVIDER_NOT_FOUND, CONFLICT.
 */
export async function chooseAccount(db: Db, { provider, trip, accounts }: Choice): Promise<Account> {
  const wanted = trip.shop ?? trip.account_id
  if (wanted !== null) {
    const found = accounts.find(({ account_id }) => account_id === wanted)
    if (found) return found
    throw new AppError('PROVIDER_PERMISSION', `The sign-in at ${provider.name} does not open the account asked for.`)
  }
  const known = await connectionsOf(db, trip, accounts)
  const [best] = accounts
    .flatMap((account) => {
      const rank = rankOf(account, known.get(account.account_id), trip.brand_id)
      return rank === null ? [] : [{ account, rank }]
    })
    .sort((a, b) => a.rank - b.rank)
  if (best) return best.account
  if (known.size > 0)
    throw new AppError('CONFLICT', 'Every account that the sign-in opens is connected to another brand.')
  throw new AppError('PROVIDER_NOT_FOUND', `The sign-in at ${provider.name} opens no account that can be used.`)
}

/** Least is best; null: not to be taken. */
function rankOf(account: Account, known: Known | undefined, brandId: string): number | null {
  if (known?.brand_id === brandId) return known.status === 'active' ? 1 : 0
  if (!account.is_usable) return null
  if (!known) return 2
  return known.status === 'disconnected' ? 3 : null
}

async function connectionsOf(
  db: Db,
  { platform }: RoundTrip,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, Known>> {
  const rows = await db.query<Known>(sql`
    select account_id, brand_id, status from integrations
    where tenant_id = ${actor().tenantId} and platform = ${platform}
      and account_id = any(${accounts.map(({ account_id }) => account_id)}::text[])`)
  return new Map(rows.map((row) => [row.account_id, row]))
}
