import { valueFromASTUntyped } from 'graphql'
import { QueryRejected } from './errors.ts'
import type { Selection } from './plan.ts'

export type Variables = Readonly<Record<string, unknown>>

export const MAX_PAGE = 250

/** The argument's value in this request, or undefined when it was not given. */
export function argument(selection: Selection, name: string, variables: Variables): unknown {
  const node = selection.args.get(name)
  return node === undefined ? undefined : valueFromASTUntyped(node, variables)
}

export function textArgument(selection: Selection, name: string, variables: Variables): string | null {
  const value = argument(selection, name, variables)
  return typeof value === 'string' ? value : null
}

export const listArgument = (selection: Selection, name: string, variables: Variables): string[] => {
  const value = argument(selection, name, variables)
  return Array.isArray(value) ? value.map(String) : []
}

/** `first`, checked; null when not given. */
export function firstOf(selection: Selection, variables: Variables): number | null {
  const first = argument(selection, 'first', variables)
  if (first === undefined || first === null) return null
  if (typeof first === 'number' && Number.isInteger(first) && first >= 0 && first <= MAX_PAGE) return first
  const path = [selection.key]
  throw new QueryRejected([
    { message: `first must be between 0 and ${MAX_PAGE}`, path, extensions: { code: 'BAD_REQUEST' } },
  ])
}

/** A connection always needs a size. */
export function pageSize(selection: Selection, variables: Variables): number {
  const first = firstOf(selection, variables)
  if (first !== null) return first
  throw new QueryRejected([
    { message: 'you must provide one of first or last', path: [selection.key], extensions: { code: 'BAD_REQUEST' } },
  ])
}

/** Whether @include and @skip let the field through. */
export const isIncluded = (selection: Selection, variables: Variables): boolean =>
  selection.conditions.every(({ value, wanted }) => (valueFromASTUntyped(value, variables) === true) === wanted)
