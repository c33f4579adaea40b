import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Recommendation = OutputOf<typeof operations.list_brand_recommendations>['recommendations'][number]
