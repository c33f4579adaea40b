import type { OutputOf, ProgressOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type Answer = OutputOf<typeof operations.ask>
export type Part = Answer['parts'][number]
export type Result = Answer['evidence'][number]
export type Progress = ProgressOf<typeof operations.ask>
export type Step = Extract<Progress, { type: 'tool' }>
export type KeptQuestion = OutputOf<typeof operations.get_question>
