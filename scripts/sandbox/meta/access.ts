import { createHash } from 'node:crypto'
import type { World } from '../world.ts'
import { GraphError } from './errors.ts'
import { grantedBy } from './oauth.ts'
import type { AdvertisingStore } from './objects.ts'

const OLDEST_VERSION = 25
const NEWEST_VERSION = 26

/** Throws 2635 for a retired version, 2500 for what was never one. */
export function checkVersion(version: string): void {
  const major = Number(/^v([0-9]{1,2})\.0$/.exec(version)?.[1])
  if (major >= OLDEST_VERSION && major <= NEWEST_VERSION) return
  if (!(major < OLDEST_VERSION)) throw unknownPath(version)
  throw new GraphError(
    2635,
    `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v${NEWEST_VERSION}.0.`,
  )
}

export const unknownPath = (path: string) => new GraphError(2500, `Unknown path components: /${path}`)

/** The token of the header or of the query; empty when there is none. */
export const tokenOf = (request: Request, url: URL): string =>
  /^(?:Bearer|OAuth) +(\S+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1] ??
  url.searchParams.get('access_token') ??
  ''

/** The stores whose ad account the token was granted: one of Login's opens all, also those whose own token was revoked. */
export function storesOf(world: World, token: string): AdvertisingStore[] {
  const stores = world.stores.filter(hasMeta)
  if (grantedBy(world, token) !== null)
    return stores.map((store) => ({ ...store, meta: { ...store.meta, revoked: false } }))
  return stores.filter(({ meta }) => meta.access_token === token)
}

const hasMeta = (store: World['stores'][number]): store is AdvertisingStore => store.meta !== null

/** Throws 190 for an unknown or revoked token, and what Meta says to a call without one. */
export function checkToken(token: string, stores: readonly AdvertisingStore[], node: string): void {
  if (token === '') throw node === 'me' ? nobodyIsLoggedIn() : tokenRequired()
  if (stores.length === 0) throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token')
  if (stores.some(({ meta }) => meta.revoked)) throw sessionInvalidated()
}

const nobodyIsLoggedIn = () =>
  new GraphError(2500, 'An active access token must be used to query information about the current user.')

const tokenRequired = () => new GraphError(104, 'An access token is required to request this resource.')

const sessionInvalidated = () =>
  new GraphError(
    190,
    'Error validating access token: The session has been invalidated because the user changed their password or ' +
      'Facebook has changed the session for security reasons.',
    { subcode: 460 },
  )

/** Trace ids shaped like Meta's, the same ones in each run. */
export function traceIds(): () => string {
  let calls = 0
  return () => `A${createHash('sha256').update(String(calls++)).digest('base64url').slice(0, 22)}`
}
