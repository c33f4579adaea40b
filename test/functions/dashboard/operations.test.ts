import { expect, it } from 'vitest'
import { operations } from '../../../functions/dashboard/client/api/operations.ts'
import { pathsOf } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'

it('the pages call every operation by its own name, method and path', () => {
  const served = new Map(OPERATIONS.map((operation) => [operation.name, operation]))
  for (const [name, { method, path }] of Object.entries(operations)) {
    const operation = served.get(name)
    expect([name, operation?.http.method, operation && pathsOf(operation).includes(path)]).toEqual([name, method, true])
  }
})
