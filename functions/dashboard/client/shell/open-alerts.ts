import type { InputOf } from '../api/operation-types.ts'
import type { operations } from '../api/operations.ts'

/** Of the whole company: what the navigation counts and other places show some of. */
export const OPEN_ALERTS = { status: 'open', limit: 100 } as const satisfies InputOf<typeof operations.list_alerts>
