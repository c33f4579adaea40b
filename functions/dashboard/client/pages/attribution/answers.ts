import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Attribution = OutputOf<typeof operations.get_attribution>
export type Ledgers = OutputOf<typeof operations.get_ledgers>
export type MatchReport = OutputOf<typeof operations.get_match_report>
