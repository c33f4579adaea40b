import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { invoke, type Read, read } from './call.ts'
import type { Call, InputOf, OutputOf } from './operation-types.ts'

export const keyOf = <C extends Call>(call: C, input?: InputOf<C>): QueryKey =>
  input === undefined ? [call.path] : [call.path, input]

type ReadOptions<T> = { enabled?: boolean; pollMs?: (data: T | undefined) => number | false }

/** Reads an operation and keeps it; while other input is read, what was shown stays. */
export function useRead<C extends Call>(call: C, input: InputOf<C>, options: ReadOptions<OutputOf<C>> = {}) {
  const { enabled = true, pollMs } = options
  return useQuery<Read<OutputOf<C>>, ApiError>({
    queryKey: keyOf(call, input),
    queryFn: ({ signal }) => read(call, input, { signal }),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: (query) => pollMs?.(query.state.data?.data) ?? false,
  })
}

/** Calls an operation that changes something; what `touches` names is read again afterwards. */
export function useCall<C extends Call>(call: C, touches: readonly Call[] = []) {
  const queries = useQueryClient()
  return useMutation<OutputOf<C>, ApiError, InputOf<C>>({
    mutationFn: (input) => invoke(call, input),
    onSuccess: () => Promise.all(touches.map((each) => queries.invalidateQueries({ queryKey: keyOf(each) }))),
  })
}
