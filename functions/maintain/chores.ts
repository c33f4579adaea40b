import type { Chore } from './chore.ts'
import { eraseTenants } from './chores/erase-tenants.ts'
import { loadRates } from './chores/load-rates.ts'
import { restateFigures } from './chores/restate-figures.ts'

/** One file each, done in this order. */
export const CHORES: readonly Chore[] = [eraseTenants, loadRates, restateFigures]
