import { useNavigate, useSearch } from '@tanstack/react-router'
import { createContext, use, useCallback } from 'react'
import type { OutputOf } from '../api/operation-types.ts'
import type { operations } from '../api/operations.ts'
import { lastBrand } from './last-brand.ts'
import { type Comparison, periodOf, type ScopeSearch } from './period.ts'

export type Brand = OutputOf<typeof operations.list_brands>['brands'][number]
export const BrandsContext = createContext<readonly Brand[]>([])

export type Scope = {
  brands: readonly Brand[]
  /** null as long as the tenant has none. */
  brand: Brand | null
  /** Days [since, until) in the brand's zone. */
  since: string
  until: string
  compare: Comparison
}

/** Which brand and which days the pages are about, from the URL; without one there, the brand that was looked at last. */
export function useScope(): Scope {
  const brands = use(BrandsContext)
  const search = useSearch({ strict: false })
  const named = search.brand ?? lastBrand()?.id
  const brand = brands.find(({ id }) => id === named) ?? brands[0] ?? null
  return {
    brands,
    brand,
    ...periodOf(search, brand?.time_zone ?? 'UTC'),
    compare: search.compare ?? 'previous_period',
  }
}

/** Changes the URL's part of it; everything else there stays. */
export function useSetScope(): (change: ScopeSearch) => void {
  const navigate = useNavigate()
  return useCallback(
    (change) => void navigate({ to: '.', search: (before: ScopeSearch) => ({ ...before, ...change }) }),
    [navigate],
  )
}
