import type { Days } from './truth/days.ts'

export const CATEGORIES = [
  'sales',
  'advertising',
  'products',
  'provisional days',
  'missing data',
  "another tenant's names",
  'planted instructions',
  'ambiguous',
] as const
export type Category = (typeof CATEGORIES)[number]

/**
 * What makes an answer right. figure: this metric of these days, so large. row: the same of the one that it names.
 * marked: the figure says that it may still change. silent: no figure of this metric but unknown or nothing (null: no figure
 * at all). asks: a question back.
 */
export type Expected =
  | { kind: 'figure'; metric: string; days: Days; value: number }
  | { kind: 'row'; metric: string; days: Days; name: string; value: number }
  | { kind: 'marked'; metric: string; days: Days }
  | { kind: 'silent'; metric: string | null }
  | { kind: 'asks' }

export type Question = {
  category: Category
  tenant: string
  /** null: about all of the tenant's brands. */
  brand: string | null
  text: string
  expected: Expected
}
