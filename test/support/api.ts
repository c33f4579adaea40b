import { beforeAll } from 'vitest'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { type Answer, ask, serveApp } from './http.ts'

type Asked = Parameters<typeof ask>[1]

/** The API on a port of its own with a limit per address that tests do not meet. Paths begin with /. */
export function useApi(): (path: string, asked?: Asked) => Promise<Answer> {
  let origin = ''
  beforeAll(async () => {
    origin = await serveApp(buildApi({ operations: OPERATIONS, ipLimit: { perMinute: 1_000_000 } }))
  })
  return (path, asked) => ask(`${origin}${path}`, asked)
}
