import type { ApplyToBrand, ApplyToConnection } from './topic.ts'
import { shopChanged } from './topics/changed.ts'
import { recordDataRequest, redactCustomer } from './topics/customers.ts'
import { deleteOrder, deleteProduct } from './topics/deleted.ts'
import { dataArrived, workflowEnded } from './topics/n8n.ts'
import { redactShop } from './topics/shop-redact.ts'
import { uninstall } from './topics/uninstalled.ts'

/** Shopify's topics; a connection that is gone makes each of them nothing. */
export const SHOP_TOPICS: Readonly<Record<string, ApplyToConnection>> = {
  'orders/create': shopChanged,
  'orders/updated': shopChanged,
  'orders/paid': shopChanged,
  'orders/cancelled': shopChanged,
  'orders/edited': shopChanged,
  'refunds/create': shopChanged,
  'products/create': shopChanged,
  'products/update': shopChanged,
  'inventory_levels/update': shopChanged,
  'shop/update': shopChanged,
  'orders/delete': deleteOrder,
  'products/delete': deleteProduct,
  'app/uninstalled': uninstall,
  'customers/data_request': recordDataRequest,
  'customers/redact': redactCustomer,
  'shop/redact': redactShop,
}

/** What n8n tells of a brand. */
export const BRAND_TOPICS: Readonly<Record<string, ApplyToBrand>> = {
  'data-sync': dataArrived,
  'workflow-completed': workflowEnded,
  'workflow-failed': workflowEnded,
}
