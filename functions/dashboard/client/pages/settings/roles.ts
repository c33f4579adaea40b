import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

export type RoleName = OutputOf<typeof operations.list_users>['users'][number]['role']

/** What a person of a company can be. */
export const ROLES: readonly { value: RoleName; title: string }[] = [
  { value: 'admin', title: 'Admin' },
  { value: 'manager', title: 'Manager' },
  { value: 'analyst', title: 'Analyst' },
]
