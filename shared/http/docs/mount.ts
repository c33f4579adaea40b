import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import { config } from '../../config.ts'
import type { AnyOperation } from '../../operations/call.ts'
import type { HttpEnv } from '../context.ts'
import { mountNotAllowed } from '../routes.ts'
import { docsPage } from './page.ts'
import { STYLE } from './style.ts'

/** Nothing may run or be loaded but this one style sheet. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** `/docs`: the reference of the operations, made once, at the first visit. */
export function mountDocs(app: Hono<HttpEnv>, operations: readonly AnyOperation[]): void {
  let page: string | undefined
  app.get('/docs', (c) => {
    page ??= docsPage(operations, config('PUBLIC_URL'))
    c.header('Content-Security-Policy', POLICY)
    c.header('Cache-Control', 'public, max-age=300')
    return c.html(page)
  })
  mountNotAllowed(app, '/docs', new Set(['GET']))
}
