import { isLiveTenant, tenantInactive } from '../../../shared/auth/authenticate.ts'
import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { appOf } from '../../../shared/oauth/app.ts'
import type { OAuthProvider } from '../../../shared/oauth/provider.ts'
import {
  cookieNameOf,
  isHashOf,
  type NamedState,
  type RoundTrip,
  readRoundTrip,
  spendState,
} from '../../../shared/oauth/state.ts'
import { type Actor, actor, type Permission, ROLES, type Role, type Tier } from '../../../shared/tenant.ts'

/** The callback's parameters. Throws OAUTH_STATE_INVALID when one is given twice: which of them was signed, nobody knows. */
export function queryOf(url: string): ReadonlyMap<string, string> {
  const given = [...new URL(url).searchParams]
  const query = new Map(given)
  if (query.size !== given.length) throw new AppError('OAUTH_STATE_INVALID', 'A parameter was given twice.')
  return query
}

type At = { provider: OAuthProvider; cookies: string }

/** The round trip of the state: known, unused, unexpired, of this platform and this browser. */
export async function checkState(named: NamedState, { provider, cookies }: At): Promise<RoundTrip> {
  const trip = await transaction((db) => readRoundTrip(db, named))
  if (!trip) throw new AppError('OAUTH_STATE_INVALID', 'This is no round trip of ours.')
  if (trip.used_at !== null) throw stateUsed()
  if (trip.expires_at <= clock.now()) throw new AppError('OAUTH_STATE_EXPIRED', 'It took too long: start again.')
  if (trip.platform !== provider.platform)
    throw new AppError('OAUTH_STATE_INVALID', 'The round trip was begun with another platform.')
  if (!isHashOf(trip.cookie_hash, cookieOf(cookies, cookieNameOf(trip.state_id))))
    throw new AppError('OAUTH_OTHER_BROWSER', 'The round trip was begun in another browser: start again in this one.')
  return trip
}

export const stateUsed = (): AppError => new AppError('OAUTH_STATE_USED', 'This round trip is over: start again.')

const cookieOf = (header: string, name: string): string =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? ''

/** The provider's signature where it signs, and that the person did not decline. */
export async function checkProvider(
  query: ReadonlyMap<string, string>,
  { provider, trip }: { provider: OAuthProvider; trip: RoundTrip },
): Promise<void> {
  const signing = { app: await appOf(provider), shop: trip.shop, now: clock.now() }
  if (provider.isSigned && !provider.isSigned(query, signing))
    throw new AppError('OAUTH_SIGNATURE_INVALID', `This does not come from ${provider.name}, or comes too late.`)
  if (query.has('error')) {
    await transaction((db) => spendState(db, trip.state_id))
    if (query.get('error') === 'access_denied')
      throw new AppError('OAUTH_DENIED', `The connection was declined at ${provider.name}.`)
    throw new AppError('PROVIDER_REJECTED', `${provider.name} ended the round trip with an error.`)
  }
  if (!query.get(provider.names.code)) throw new AppError('PROVIDER_BAD_RESPONSE', `${provider.name} sent no code.`)
}

type Standing = { role: Role; is_active: boolean; tenant_status: string; tier: Tier }

/** Who began it, as they stand now. Throws TENANT_INACTIVE, FORBIDDEN. */
export async function checkStanding(trip: RoundTrip, requestId: string): Promise<Actor> {
  const { tenantId } = actor()
  const standing = await transaction((db) =>
    db.one<Standing>(sql`
      select u.role, u.is_active, t.status as tenant_status, t.subscription_tier as tier
      from users u join tenants t on t.id = u.tenant_id
      where u.tenant_id = ${tenantId} and u.user_id = ${trip.user_id}`),
  )
  if (!standing?.is_active) throw notAllowed()
  if (!isLiveTenant(standing.tenant_status)) throw tenantInactive()
  const permissions = new Set<Permission>(ROLES[standing.role])
  if (!permissions.has('integrations:manage')) throw notAllowed()
  const { role, tier } = standing
  return { tenantId, userId: trip.user_id, name: role, permissions, sessionId: null, apiKeyId: null, tier, requestId }
}

const notAllowed = (): AppError =>
  new AppError('FORBIDDEN', 'Who began this may not, or no longer, manage integrations.')
