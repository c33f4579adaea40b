import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Rule = OutputOf<typeof operations.list_alert_rules>['rules'][number]
