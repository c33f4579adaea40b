import { connector, DAY_MS, MINUTE_MS, READ_WHOLE } from '../../shared/sync/connector.ts'
import { orderPages } from './client/orders.ts'
import { productPages } from './client/products.ts'
import { shopPages } from './client/shop.ts'
import { orderTotals } from './client/totals.ts'
import { ShopifyCredentials, shopifyClient } from './client.ts'

const lookback = { hourlyMs: 15 * MINUTE_MS, dailyMs: 2 * DAY_MS }

export const shopify = connector({
  provider: 'shopify',
  credentials: ShopifyCredentials,
  client: shopifyClient,
  streams: [
    { name: 'shop', ...READ_WHOLE, read: shopPages },
    { name: 'products', cursor: 'updated_at', lookback, historyMs: null, read: productPages },
    { name: 'orders', cursor: 'updated_at', lookback, historyMs: null, read: orderPages },
  ],
  totals: { measure: 'orders', read: orderTotals },
})
