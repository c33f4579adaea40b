import { generateStores } from '../../scripts/sandbox/stores/generate.ts'
import type { Store } from '../../scripts/sandbox/world.ts'
import { DAY_MS, MINUTE_MS } from '../../shared/sync/connector.ts'

/** The providers show what there was at this full hour; the connections are due at it. */
export const DUE_AT = new Date('2026-11-20T10:00:00.000Z')
/** The product's clock when an hour begins, away from every minute's edge so that each run schedules alike. */
export const BEGINS_AT_MS = DUE_AT.getTime() + 20 * MINUTE_MS + 1_000

/** The tenants were onboarded a day before, so that nothing of it can be newer than what the hour does. */
export const ONBOARDED_AT_MS = BEGINS_AT_MS - DAY_MS

const BRANDS = ['Alder & Tide', 'Saltmarsh Supply']
const ORDERS = 60
const KEPT_DAYS = 20

/** Two shops of one tenant with Meta alone, one healthy ad account and one whose token was revoked; only the last days of each. */
export function smallWorld(): Store[] {
  const since = new Date(DUE_AT.getTime() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10)
  return generateStores({ seed: 'kill', tenants: 1, orders: ORDERS, epoch: DUE_AT })
    .filter(({ brand }) => BRANDS.includes(brand))
    .map((store) => ({
      ...store,
      meta: store.meta && {
        ...store.meta,
        insights: store.meta.insights.filter(({ date_start }) => date_start >= since),
      },
      google_ads: null,
      tiktok: null,
    }))
}
