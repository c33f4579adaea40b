import type { Rule } from './rule.ts'
import { anomaly } from './rules/anomaly.ts'
import { errorRate } from './rules/error-rate.ts'
import { needsReauth } from './rules/needs-reauth.ts'
import { syncDrift } from './rules/sync-drift.ts'
import { syncFailed } from './rules/sync-failed.ts'
import { unconvertedCurrency } from './rules/unconverted-currency.ts'

/** Every rule there is, one file each. */
export const RULES: readonly Rule[] = [needsReauth, syncFailed, syncDrift, errorRate, unconvertedCurrency, anomaly]
