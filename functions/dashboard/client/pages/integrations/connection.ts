import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Connection = OutputOf<typeof operations.get_sync_status>['connections'][number]
