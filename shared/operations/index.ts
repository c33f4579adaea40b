import { listAlerts } from './alerts/list.ts'
import { login } from './auth/login.ts'
import { me } from './auth/me.ts'
import { brandDashboard } from './brands/dashboard.ts'
import { getBrand } from './brands/get.ts'
import { listBrands } from './brands/list.ts'
import type { AnyOperation } from './call.ts'
import { syncStatus } from './sync/status.ts'
import { health } from './system/health.ts'

/** Everything a caller can do. */
export const OPERATIONS: readonly AnyOperation[] = [
  login,
  me,
  listBrands,
  getBrand,
  brandDashboard,
  syncStatus,
  listAlerts,
  health,
]
