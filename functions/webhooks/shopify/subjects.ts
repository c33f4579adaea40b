import * as z from 'zod'
import type { EventData } from '../../../shared/events/catalog.ts'

type Subject = EventData<'webhook.received'>['subject']

/** Numbers as parseExactly gives them: text where a double would round. */
const Id = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String)
const Row = z.object({ id: Id })
const Customer = z.object({ shop_domain: z.string(), customer: Row })
const DataRequest = Customer.extend({
  orders_requested: z.array(Id).nullish(),
  data_request: Row,
})
const Redaction = Customer.extend({ orders_to_redact: z.array(Id).nullish() })
const Uninstalled = z.object({ myshopify_domain: z.string() })
const ShopRedaction = z.object({ shop_domain: z.string() })

/** `shop`: the domain that the signed body itself names, null where it names none. */
type Read = { subject: Subject; shop: string | null }
type Reader = (body: unknown) => Read

/** Something changed: the shop is asked what, so that order and age of the deliveries do not matter. */
const changed: Reader = () => ({ subject: {}, shop: null })
const deleted: Reader = (body) => ({ subject: { row_id: Row.parse(body).id }, shop: null })

/** What each topic is about: ids alone leave this function. */
export const SUBJECTS: Readonly<Record<string, Reader>> = {
  'orders/create': changed,
  'orders/updated': changed,
  'orders/paid': changed,
  'orders/cancelled': changed,
  'orders/edited': changed,
  'refunds/create': changed,
  'products/create': changed,
  'products/update': changed,
  'inventory_levels/update': changed,
  'shop/update': changed,
  'orders/delete': deleted,
  'products/delete': deleted,
  'app/uninstalled': (body) => ({ subject: {}, shop: Uninstalled.parse(body).myshopify_domain }),
  'customers/data_request': (body) => {
    const { shop_domain, customer, orders_requested, data_request } = DataRequest.parse(body)
    const subject = { customer_id: customer.id, order_ids: orders_requested ?? [], data_request_id: data_request.id }
    return { subject, shop: shop_domain }
  },
  'customers/redact': (body) => {
    const { shop_domain, customer, orders_to_redact } = Redaction.parse(body)
    return { subject: { customer_id: customer.id, order_ids: orders_to_redact ?? [] }, shop: shop_domain }
  },
  'shop/redact': (body) => ({ subject: {}, shop: ShopRedaction.parse(body).shop_domain }),
}

/** JSON whose integers beyond what a double holds stay as they were written: Shopify's ids are 64 bits wide. */
export const parseExactly = (text: string): unknown => JSON.parse(text, keepDigits)

function keepDigits(_: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? ''
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source) ? source : value
}
