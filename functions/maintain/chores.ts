import type { Chore } from './chore.ts'
import { dropExpired } from './chores/drop-expired.ts'
import { eraseFromWarehouse } from './chores/erase-from-warehouse.ts'
import { eraseTenants } from './chores/erase-tenants.ts'
import { keepYesterday } from './chores/keep-figures.ts'
import { keepPartitions } from './chores/keep-partitions.ts'
import { loadRates } from './chores/load-rates.ts'
import { measureOutcomes } from './chores/measure-outcomes.ts'
import { restateFigures } from './chores/restate-figures.ts'
import { rollUpDays } from './chores/roll-up-days.ts'
import { rotateKeys } from './chores/rotate-keys.ts'
import { snapshotInventory } from './chores/snapshot-inventory.ts'
import { tellDays } from './chores/tell-days.ts'

/** One file each, done in this order. */
export const CHORES: readonly Chore[] = [
  rollUpDays,
  tellDays,
  keepPartitions,
  eraseTenants,
  eraseFromWarehouse,
  dropExpired,
  rotateKeys,
  loadRates,
  restateFigures,
  snapshotInventory,
  keepYesterday,
  measureOutcomes,
]
