import { type Context, Hono } from 'hono'
import { checkToken, checkVersion, storesOf, tokenOf, traceIds, unknownPath } from './meta/access.ts'
import { adSetsOf } from './meta/ad-sets.ts'
import { GraphError, unsupportedRequest } from './meta/errors.ts'
import { insightsAt, insightsPage } from './meta/insights.ts'
import { checkNotOver, facebookLogin, grantedBy } from './meta/oauth.ts'
import { objectFilter } from './meta/object-filter.ts'
import * as objects from './meta/objects.ts'
import { pageOf } from './meta/paging.ts'
import { type ReportRun, type ReportRuns, type RunHabits, reportRuns, runPage } from './meta/runs.ts'
import { type MetaLimits, type Usage, usageCounter } from './meta/usage.ts'
import { fieldsOf } from './oauth.ts'
import type { World } from './world.ts'

const LARGEST_OBJECT_PAGE = 1000

type Call = {
  url: URL
  method: string
  /** Of the URL, and of the form of a POST. */
  query: URLSearchParams
  node: string
  edge: string
  token: string
  /** The stores whose account the token opens, and the one that the path names. */
  stores: readonly objects.AdvertisingStore[]
  store: objects.AdvertisingStore | null
  /** The report run that the path names; it is of `store`. */
  run: ReportRun | null
}

/**
 * Graph and Marketing API of Meta, read only, as on graph.facebook.com, and Facebook Login: `/:version/me`, `/me/adaccounts`, `/me/permissions`,
 * `/act_<id>` and its `/campaigns`, `/adsets`, `/insights` (with POST as a report run), in v25.0 and v26.0. Days later than the account's
 * today are not served, today is partial, and conversions of the last week are not all known yet.
 */
export function metaSandbox(world: World, options: Partial<MetaLimits & RunHabits> = {}): Hono {
  const usage = usageCounter(options)
  const runs = reportRuns(options)
  const nextTraceId = traceIds()
  const answer = async (context: Context, version: string) => {
    const call = await callOf({ world, runs }, context)
    const headers = () => usage.headers(call.store?.meta.account_id ?? null, call.edge)
    return written(context, { version, headers, body: () => serve({ call, version, world, usage, runs }) })
  }
  const written = (context: Context, { version, headers, body }: Writing) => {
    const common = () => ({
      ...headers(),
      'Facebook-API-Version': version,
      'Content-Type': 'application/json; charset=UTF-8',
      'Cache-Control': 'private, no-cache, no-store, must-revalidate',
    })
    try {
      return context.body(JSON.stringify(body()), 200, common())
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      const trace = nextTraceId()
      const why = { 'WWW-Authenticate': error.challenge(), 'X-FB-Trace-ID': trace }
      return context.body(JSON.stringify(error.envelope(trace)), error.status, { ...common(), ...why })
    }
  }
  const login = facebookLogin(world)
  return new Hono()
    .get('/:version/dialog/oauth', (context) => login.dialog(context))
    .all('/:version/oauth/access_token', async (context) => {
      const fields = await fieldsOf(context)
      const version = context.req.param('version')
      return written(context, { version, headers: () => ({}), body: () => login.accessToken(context, fields) })
    })
    .all('/:version/:node', (context) => answer(context, context.req.param('version')))
    .all('/:version/:node/:edge', (context) => answer(context, context.req.param('version')))
}

type Writing = { version: string; headers: () => Record<string, string>; body: () => object }

async function callOf({ world, runs }: { world: World; runs: ReportRuns }, context: Context): Promise<Call> {
  const { method } = context.req
  const url = new URL(context.req.url)
  const form = method === 'POST' ? [...new URLSearchParams(await context.req.text())] : []
  const token = tokenOf(context.req.raw, url)
  const stores = storesOf(world, token)
  const node = context.req.param('node') ?? ''
  const run = runs.find(node, world.now())
  const account = run ? `act_${run.accountId}` : node
  return {
    url,
    method,
    query: new URLSearchParams([...url.searchParams, ...form]),
    node,
    edge: context.req.param('edge') ?? '',
    token,
    stores,
    store: stores.find(({ meta }) => `act_${meta.account_id}` === account) ?? null,
    run,
  }
}

type Serving = { call: Call; version: string; world: World; usage: Usage; runs: ReportRuns }

/** Checks in this order: version, token, app limit, the object, its limit; the parameters last. */
function serve({ call, version, world, usage, runs }: Serving): object {
  checkVersion(version)
  checkNotOver(world, call.token)
  checkToken(call.token, call.stores, call.node)
  usage.countApp()
  const { method, node, edge, store, run } = call
  const asksForRun = method === 'POST' && edge === 'insights' && !run
  if (method !== 'GET' && !asksForRun) throw unsupportedRequest(method, node)
  if (node === 'me') return serveUser(call, world)
  if (!store) throw unsupportedRequest(method, node)
  usage.countAccount(store.meta.account_id)
  if (asksForRun) return runs.ask(store, call.query, world.now())
  if (run) return serveRun(call, run, runs)
  return serveAccount(call, store, world.now())
}

function serveRun({ url, token, edge }: Call, run: ReportRun, runs: ReportRuns): object {
  if (edge === '') return runs.look(run)
  if (edge === 'insights') return runPage(run, { url, token })
  throw unknownPath(edge)
}

function serveUser({ url, token, stores, edge }: Call, world: World): object {
  if (edge === '') return objects.selection(url.searchParams, 'User', ['name'])(objects.userOf(token))
  if (edge === 'permissions') return permissionsOf(grantedBy(world, token))
  if (edge !== 'adaccounts') throw unknownPath(edge)
  const write = objects.selection(url.searchParams, 'AdAccount', ['account_id'])
  return pageOf(stores.map(objects.accountOf), { url, token, largest: LARGEST_OBJECT_PAGE, write })
}

/** What the app asks for, as granted or declined; a token that did not come by Login holds all. */
const permissionsOf = (granted: readonly string[] | null): object => ({
  data: ['ads_read', 'business_management', 'public_profile'].map((permission) => ({
    permission,
    status: !granted || permission === 'public_profile' || granted.includes(permission) ? 'granted' : 'declined',
  })),
})

function serveAccount({ url, query, token, edge }: Call, store: objects.AdvertisingStore, now: Date): object {
  const listed = (list: objects.GraphObject[], write: ReturnType<typeof objects.selection>) =>
    pageOf(list, { url, token, largest: LARGEST_OBJECT_PAGE, write })
  switch (edge) {
    case '':
      return objects.selection(query, 'AdAccount', ['account_id'])(objects.accountOf(store))
    case 'campaigns': {
      const kept = objects.campaignsOf(store).filter(objectFilter(query, 'campaign'))
      return listed(kept, objects.selection(query, 'AdCampaignGroup'))
    }
    case 'adsets': {
      const kept = adSetsOf(store).filter(objectFilter(query, 'adset'))
      return listed(kept, objects.selection(query, 'AdCampaign'))
    }
    case 'insights':
      return insightsPage(insightsAt(store, query, now), { url, token })
    default:
      throw unknownPath(edge)
  }
}
