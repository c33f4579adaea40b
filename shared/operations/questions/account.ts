import { type PriceList, readPrices } from '../../ai/prices.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor, type Tier } from '../../tenant.ts'
import { microsFromDecimal } from '../../units.ts'
import { readTenantSettings } from '../settings/read.ts'

/** USD that AI may cost in a calendar month by tier: some two fifths of what the tier pays. */
const BY_TIER: Readonly<Record<Tier, string>> = { starter: '20', pro: '80', enterprise: '400' }

export type Account = { prices: PriceList; limitUsd: string }

/** What the tenant's AI costs, and may cost this month. */
export async function accountOf(db: Db): Promise<Account> {
  const [prices, limitUsd] = await Promise.all([readPrices(db), monthlyBudget(db)])
  return { prices, limitUsd }
}

/** USD as a decimal: what the tenant set itself, never more than its tier allows. */
export async function monthlyBudget(db: Db): Promise<string> {
  const [settings, tenant] = await Promise.all([
    readTenantSettings(db),
    db.one<{ subscription_tier: Tier }>(sql`select subscription_tier from tenants where id = ${actor().tenantId}`),
  ])
  const allowed = BY_TIER[tenant?.subscription_tier ?? 'starter']
  const own = settings.ai_budget_per_month?.amount ?? allowed
  return microsFromDecimal(own) < microsFromDecimal(allowed) ? own : allowed
}
