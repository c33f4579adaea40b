import type { GoogleAdsStore, Store } from '../world.ts'
import { AdsError, type ErrorCode } from './errors.ts'

export type AdvertisingStore = Store & { google_ads: GoogleAdsStore }
export const advertises = (store: Store): store is AdvertisingStore => store.google_ads !== null

/** What a token opens: accounts, and managers with the accounts below them. */
export type Opened =
  | { kind: 'account'; id: string; store: AdvertisingStore }
  | { kind: 'manager'; id: string; name: string; clients: readonly AdvertisingStore[] }

/** The accounts that the person was given directly, managers among them: `listAccessibleCustomers`. */
export function rootsOf(stores: readonly AdvertisingStore[]): Opened[] {
  const managers = Map.groupBy(
    stores.filter(({ google_ads }) => google_ads.manager !== null),
    ({ google_ads }) => google_ads.manager?.id ?? '',
  )
  return [
    ...stores.flatMap((store): Opened[] =>
      store.google_ads.manager ? [] : [{ kind: 'account', id: store.google_ads.customer_id, store }],
    ),
    ...[...managers].map(([id, clients]): Opened => {
      const name = clients[0]?.google_ads.manager?.name ?? ''
      return { kind: 'manager', id, name, clients }
    }),
  ]
}

type Asking = { customerId: string; loginId: string | null; stores: readonly AdvertisingStore[] }

/** The account that is asked for. A client of a manager needs that manager in `login-customer-id`. */
export function openAccount({ customerId, loginId, stores }: Asking): Opened {
  if (!isId(customerId)) throw refused(400, { requestError: 'INVALID_CUSTOMER_ID' }, 'Invalid customer ID.')
  const roots = rootsOf(stores)
  const login = loginId === null ? undefined : roots.find(({ id }) => id === loginId)
  if (loginId !== null && !login) throw permissionDenied()
  const root = roots.find(({ id }) => id === customerId)
  if (root && (!login || login === root)) return root
  const client =
    login?.kind === 'manager' && login.clients.find(({ google_ads }) => google_ads.customer_id === customerId)
  if (!client) throw permissionDenied()
  return { kind: 'account', id: customerId, store: client }
}

export const isId = (text: string): boolean => /^\d{1,19}$/.test(text)

const refused = (status: 400 | 403, code: ErrorCode, message: string): AdsError =>
  new AdsError(status, code, { message })

const permissionDenied = (): AdsError =>
  refused(
    403,
    { authorizationError: 'USER_PERMISSION_DENIED' },
    "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's " +
      "customer id must be set in the 'login-customer-id' header.",
  )
