import { firstOf, isIncluded, listArgument, pageSize, type Variables } from './arguments.ts'
import type { Plan, Selection } from './plan.ts'

export const MAX_COST = 1000
const MUTATION = 10

/** Whatever a mutation answers, it is the asking that costs. */
export const mutationCost = (plan: Plan): number => MUTATION * plan.length

/** Parts of a connection that cost nothing themselves. */
export const isFree = (type: string): boolean => type === 'PageInfo' || type.endsWith('Edge')

const self = (type: string): number => (isFree(type) ? 0 : 1)

function costOf(selection: Selection, variables: Variables, pageOf: number | null): number {
  const { kind, type, plan } = selection
  if (kind === 'typename' || kind === 'leaf') return 0
  if (kind === 'object') return self(type) + requestedCost(plan, variables)
  if (kind === 'connection') return 2 + requestedCost(plan, variables, pageSize(selection, variables))
  const ids = selection.args.has('ids') ? listArgument(selection, 'ids', variables).length : null
  const count = pageOf ?? ids ?? firstOf(selection, variables) ?? 1
  return count * (self(type) + requestedCost(plan, variables))
}

/**
 * Points that a query asks for before it runs: scalar 0, object 1, connection 2 + n × child, list with `first` n × child,
 * list without it one child. Of fragments on an abstract type the dearest counts.
 */
export function requestedCost(plan: Plan, variables: Variables, pageOf: number | null = null): number {
  let common = 0
  const byType = new Map<string, number>()
  for (const selection of plan) {
    if (!isIncluded(selection, variables)) continue
    const cost = costOf(selection, variables, pageOf)
    if (!selection.only) common += cost
    else for (const type of selection.only) byType.set(type, (byType.get(type) ?? 0) + cost)
  }
  return common + Math.max(0, ...byType.values())
}
