import type { Rule } from './rule.ts'
import { accuracy } from './rules/accuracy.ts'
import { aiBudget, aiCost } from './rules/ai-cost.ts'
import { anomaly } from './rules/anomaly.ts'
import { errorRate } from './rules/error-rate.ts'
import { failedLogins } from './rules/failed-logins.ts'
import { latency } from './rules/latency.ts'
import { needsReauth } from './rules/needs-reauth.ts'
import { spendWithoutStock } from './rules/spend-without-stock.ts'
import { stockOut } from './rules/stock-out.ts'
import { syncDrift } from './rules/sync-drift.ts'
import { syncFailed } from './rules/sync-failed.ts'
import { tokenCostSpike } from './rules/token-cost-spike.ts'
import { unconvertedCurrency } from './rules/unconverted-currency.ts'
import { unusualAccess } from './rules/unusual-access.ts'

/** Every rule there is. */
export const RULES: readonly Rule[] = [
  needsReauth,
  syncFailed,
  syncDrift,
  errorRate,
  latency,
  failedLogins,
  unusualAccess,
  accuracy,
  aiBudget,
  aiCost,
  tokenCostSpike,
  unconvertedCurrency,
  anomaly,
  stockOut,
  spendWithoutStock,
]
