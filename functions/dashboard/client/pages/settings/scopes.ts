import type { InputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

type Scope = InputOf<typeof operations.create_api_key>['scopes'][number]

/** What a key may be allowed, from the least to the most. */
export const SCOPES: readonly { value: Scope; title: string }[] = [
  { value: 'brands:read', title: 'Read brands and figures' },
  { value: 'ai:ask', title: 'Ask questions' },
  { value: 'recommendations:act', title: 'Decide on advice and alerts' },
  { value: 'brands:write', title: 'Create and change brands' },
  { value: 'integrations:manage', title: 'Connect and sync accounts' },
  { value: 'admin:manage', title: 'Administer the company' },
]

export const scopeTitle = (scope: string): string => SCOPES.find(({ value }) => value === scope)?.title ?? scope
