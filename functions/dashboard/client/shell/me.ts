import { createContext, use } from 'react'
import type { OutputOf } from '../api/operation-types.ts'
import type { operations } from '../api/operations.ts'

type Answer = OutputOf<typeof operations.me>
export type Permission = Answer['permissions'][number]
export type Me = Answer & { may(permission: Permission): boolean }

export const MeContext = createContext<Me | null>(null)

/** Who is signed in. Only inside the frame, which waits for it. */
export function useMe(): Me {
  const me = use(MeContext)
  if (!me) throw new Error('useMe is for pages inside the frame.')
  return me
}

export const meOf = (answer: Answer): Me => ({
  ...answer,
  may: (permission) => answer.permissions.includes(permission),
})
