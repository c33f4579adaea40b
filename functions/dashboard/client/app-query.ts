import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api/api-error.ts'

const FRESH_MS = 30_000

/** What a second try may mend: no answer, or one that says "later". */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500)

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: FRESH_MS, retry: (failures, error) => failures < 2 && mayPass(error) },
    mutations: { retry: false },
  },
})
