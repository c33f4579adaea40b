import { expect, it } from 'vitest'
import { pathsOf } from '../../shared/operation.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'

it('what is served beneath /api/admin is served beneath /mcp/admin too', () => {
  const paths = OPERATIONS.map((operation) => pathsOf(operation))
  const admin = paths.flatMap((each) =>
    each.filter((path) => path.startsWith('/api/admin/')).map((path) => ({ path, each })),
  )
  const alone = admin.filter(({ path, each }) => !each.includes(path.replace('/api/', '/mcp/')))
  expect(alone.map(({ path }) => path)).toEqual([])
})
