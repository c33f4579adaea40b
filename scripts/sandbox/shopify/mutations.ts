import { argument, textArgument } from './arguments.ts'
import type { Root } from './roots.ts'

export const MUTATIONS: Readonly<Record<string, Root>> = {
  bulkOperationRunQuery: (selection, { bulk, variables }) =>
    bulk.begin(
      textArgument(selection, 'query', variables) ?? '',
      argument(selection, 'groupObjects', variables) === true,
    ),
  bulkOperationCancel: (selection, { bulk, variables }) => bulk.cancel(textArgument(selection, 'id', variables) ?? ''),
}
