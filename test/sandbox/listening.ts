import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { onTestFinished } from 'vitest'

/** Serves `app` on a free port until the test ends; resolves to its origin. */
export async function listening(app: Hono): Promise<string> {
  const origin = await new Promise<string>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())))
  })
  return origin
}
