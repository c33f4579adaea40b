import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Dashboard = OutputOf<typeof operations.get_brand_dashboard>
