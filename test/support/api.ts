import { beforeAll } from 'vitest'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { type Answer, ask, serveApp } from './http.ts'
import { PLENTY } from './limits.ts'

export { PLENTY }

type Asked = Parameters<typeof ask>[1]

/** The API on a port of its own with limits that tests do not meet. Paths begin with /. */
export function useApi(): (path: string, asked?: Asked) => Promise<Answer> {
  let origin = ''
  beforeAll(async () => {
    origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
  })
  return (path, asked) => ask(`${origin}${path}`, asked)
}
