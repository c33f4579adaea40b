import { type Context, Hono } from 'hono'
import { asksForHalfPages } from '../half-pages.ts'
import type { World } from '../world.ts'
import { bulkFaultOf } from './bulk/fault.ts'
import { bulkJobs } from './bulk/jobs.ts'
import { serveBulkFile } from './bulk/route.ts'
import { QueryRejected } from './errors.ts'
import { shopAccess } from './oauth.ts'
import type { Run } from './project.ts'
import { execute, prepare, type Query } from './query.ts'
import type { RootRun } from './roots.ts'
import { type ShopData, shopData } from './shop-data.ts'

/** Oldest first; an unknown or retired version is served by the oldest one that still stands. */
const SUPPORTED = ['2026-01', '2026-04', '2026-07', '2026-10']
const INVALID_TOKEN = '[API] Invalid API key or access token (unrecognized login or wrong password)'
const LIMITS_PAGE = 'https://shopify.dev/api/usage/rate-limits'

const servedVersion = (asked: string): string => (SUPPORTED.includes(asked) ? asked : (SUPPORTED[0] ?? asked))

async function readQuery(c: Context): Promise<Query | null> {
  const text = await c.req.text()
  if (c.req.header('content-type')?.startsWith('application/graphql'))
    return { query: text, variables: {}, operationName: null }
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string') return null
    const variables =
      'variables' in body && typeof body.variables === 'object' && body.variables !== null ? { ...body.variables } : {}
    const operationName = 'operationName' in body && typeof body.operationName === 'string' ? body.operationName : null
    return { query: body.query, variables, operationName }
  } catch {
    return null
  }
}

type Asked = Omit<RootRun, keyof Run | 'data'>

function answer(data: ShopData, query: Query, asked: Asked): Record<string, unknown> {
  const { bucket } = data
  const prepared = prepare(query)
  const requestedQueryCost = prepared.requested
  const cost = (actualQueryCost: number | null) => ({
    cost: { requestedQueryCost, actualQueryCost, throttleStatus: bucket.status() },
  })
  if (!bucket.has(requestedQueryCost)) {
    const extensions = { code: 'THROTTLED', documentation: LIMITS_PAGE }
    return { errors: [{ message: 'Throttled', extensions }], extensions: cost(null) }
  }
  const run = { variables: prepared.variables, spent: 0, data, ...asked }
  const result = execute(prepared, run)
  // What was asked for and not used goes back at once, so that only the actual cost is ever missing.
  bucket.take(run.spent)
  return { data: result, extensions: cost(run.spent) }
}

/** Serves the world's shops at `POST /:domain/admin/api/:version/graphql.json`, their OAuth and the files of bulk operations. */
export function shopifySandbox(world: World): Hono {
  const clock = world.limitsClock ?? world.now
  const shops = new Map(
    world.stores.map(({ shopify }) => [shopify.domain, { data: shopData(shopify, clock), jobs: bulkJobs(clock) }]),
  )
  const access = shopAccess(world)
  const app = new Hono()
  let requests = 0
  app.route('/', access.routes)

  app.post('/:domain/admin/api/:version/graphql.json', async (c) => {
    c.header('X-Request-Id', `sandbox-${String(++requests).padStart(8, '0')}`)
    c.header('X-Shopify-API-Version', servedVersion(c.req.param('version')))
    const shop = shops.get(c.req.param('domain'))
    if (!shop) return c.json({ errors: 'Not Found' }, 404)
    const { data, jobs } = shop
    if (!access.opens(c.req.header('x-shopify-access-token') ?? '', data.store.domain))
      return c.json({ errors: INVALID_TOKEN }, 401)
    const query = await readQuery(c)
    if (!query) return c.json({ errors: { query: 'Required parameter missing or invalid' } }, 400)
    try {
      const nowSeconds = Math.floor(world.now().getTime() / 1000)
      const [url = ''] = c.req.url.split(`/${data.store.domain}/admin/`)
      const bulk = jobs.desk({ data, nowSeconds, url, fault: bulkFaultOf(c) })
      return c.json(answer(data, query, { nowSeconds, halfPages: asksForHalfPages(c.req.raw), bulk }))
    } catch (error) {
      if (error instanceof QueryRejected) return c.json({ errors: error.errors })
      throw error
    }
  })
  app.get('/_bulk/:secret/bulk.jsonl', (c) =>
    serveBulkFile(
      c,
      [...shops.values()].map(({ jobs }) => jobs),
    ),
  )
  app.all('*', (c) => c.json({ errors: 'Not Found' }, 404))
  return app
}
