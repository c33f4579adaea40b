import type { Chore } from './chore.ts'
import { eraseTenants } from './chores/erase-tenants.ts'

/** One file each, done in this order. */
export const CHORES: readonly Chore[] = [eraseTenants]
