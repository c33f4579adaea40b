/** The part of the Admin API's schema (2026-10) that the sandbox serves. Connections also have `edges`. */
const OBJECTS = `
scalar DateTime
scalar Decimal
scalar Money
scalar URL
scalar UnsignedInt64

interface Node { id: ID! }
interface CustomerMoment { occurredAt: DateTime! }
interface DiscountApplication {
  allocationMethod: String! index: Int! targetSelection: String! targetType: String! value: PricingValue!
}
enum BulkOperationStatus { CANCELED CANCELING COMPLETED CREATED EXPIRED FAILED RUNNING }
enum BulkOperationErrorCode { ACCESS_DENIED INTERNAL_SERVER_ERROR TIMEOUT }
enum BulkOperationUserErrorCode { INVALID LIMIT_REACHED OPERATION_IN_PROGRESS }
union PricingValue = MoneyV2 | PricingPercentageValue

enum OrderSortKeys {
  CREATED_AT CUSTOMER_NAME DESTINATION FINANCIAL_STATUS FULFILLMENT_STATUS ID ORDER_NUMBER PO_NUMBER PROCESSED_AT
  RELEVANCE TOTAL_ITEMS_QUANTITY TOTAL_PRICE UPDATED_AT
}
enum ProductSortKeys { CREATED_AT ID INVENTORY_TOTAL PRODUCT_TYPE PUBLISHED_AT RELEVANCE TITLE UPDATED_AT VENDOR }
enum ProductVariantSortKeys { FULL_TITLE ID INVENTORY_QUANTITY NAME POPULAR POSITION RELEVANCE SKU TITLE }

type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type MoneyV2 { amount: Decimal! currencyCode: String! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
type PricingPercentageValue { percentage: Float! }
type Count { count: Int! precision: String! }
type Attribute { key: String! value: String }
type TaxLine { title: String! rate: Float ratePercentage: Float priceSet: MoneyBag! }

type Domain { host: String! url: URL }
type ShopPlan { partnerDevelopment: Boolean! shopifyPlus: Boolean! publicDisplayName: String! displayName: String }
type Shop implements Node {
  id: ID! name: String! myshopifyDomain: String! primaryDomain: Domain! currencyCode: String! ianaTimezone: String!
  timezoneOffsetMinutes: Int! plan: ShopPlan! taxesIncluded: Boolean! enabledPresentmentCurrencies: [String!]!
  email: String createdAt: DateTime
}
type AccessScope { handle: String! description: String }
type AppInstallation implements Node { id: ID! accessScopes: [AccessScope!]! }

type Customer implements Node { id: ID! numberOfOrders: UnsignedInt64! createdAt: DateTime updatedAt: DateTime }
type UTMParameters { source: String medium: String campaign: String content: String term: String }
type CustomerVisit implements Node & CustomerMoment {
  id: ID! occurredAt: DateTime! landingPage: URL referrerUrl: URL referralCode: String source: String!
  sourceType: String sourceDescription: String utmParameters: UTMParameters
}
type CustomerJourneySummary {
  ready: Boolean! customerOrderIndex: Int daysToConversion: Int momentsCount: Count
  firstVisit: CustomerVisit lastVisit: CustomerVisit
  moments(first: Int, after: String): CustomerMomentConnection
}

type DiscountCodeApplication implements DiscountApplication {
  allocationMethod: String! index: Int! targetSelection: String! targetType: String! value: PricingValue! code: String!
}
type AutomaticDiscountApplication implements DiscountApplication {
  allocationMethod: String! index: Int! targetSelection: String! targetType: String! value: PricingValue! title: String!
}
type ManualDiscountApplication implements DiscountApplication {
  allocationMethod: String! index: Int! targetSelection: String! targetType: String! value: PricingValue!
  title: String! description: String
}
type ScriptDiscountApplication implements DiscountApplication {
  allocationMethod: String! index: Int! targetSelection: String! targetType: String! value: PricingValue! title: String!
}
type DiscountAllocation { allocatedAmountSet: MoneyBag! discountApplication: DiscountApplication! }

type LineItem implements Node {
  id: ID! title: String! name: String sku: String vendor: String quantity: Int! currentQuantity: Int! isGiftCard: Boolean!
  taxable: Boolean requiresShipping: Boolean
  variant: ProductVariant product: Product originalUnitPriceSet: MoneyBag! originalTotalSet: MoneyBag!
  discountedTotalSet: MoneyBag! totalDiscountSet: MoneyBag! discountAllocations: [DiscountAllocation!]!
  taxLines(first: Int): [TaxLine!]! customAttributes: [Attribute!]!
}
type ShippingLine {
  id: ID title: String! originalPriceSet: MoneyBag! discountedPriceSet: MoneyBag! taxLines: [TaxLine!]!
}
type TransactionFee { id: ID type: String! rate: Decimal amount: MoneyV2! }
type OrderTransaction implements Node {
  id: ID! kind: String! status: String! test: Boolean! gateway: String createdAt: DateTime! processedAt: DateTime
  amountSet: MoneyBag! fees: [TransactionFee!]!
}
type RefundLineItem {
  id: ID quantity: Int! restockType: String! restocked: Boolean! subtotalSet: MoneyBag! totalTaxSet: MoneyBag!
  lineItem: LineItem!
}
type RefundShippingLine { id: ID subtotalAmountSet: MoneyBag! taxAmountSet: MoneyBag! }
type OrderAdjustment implements Node { id: ID! reason: String amountSet: MoneyBag! taxAmountSet: MoneyBag! }
type Refund implements Node {
  id: ID! legacyResourceId: UnsignedInt64! createdAt: DateTime processedAt: DateTime updatedAt: DateTime! note: String
  order: Order! totalRefundedSet: MoneyBag!
  refundLineItems(first: Int, after: String): RefundLineItemConnection!
  refundShippingLines(first: Int, after: String): RefundShippingLineConnection!
  transactions(first: Int, after: String): OrderTransactionConnection!
  orderAdjustments(first: Int, after: String): OrderAdjustmentConnection!
}
type Order implements Node {
  id: ID! legacyResourceId: UnsignedInt64! name: String! createdAt: DateTime! processedAt: DateTime! updatedAt: DateTime!
  cancelledAt: DateTime cancelReason: String closedAt: DateTime test: Boolean! sourceName: String currencyCode: String!
  presentmentCurrencyCode: String! taxesIncluded: Boolean! displayFinancialStatus: String displayFulfillmentStatus: String!
  tags: [String!]! note: String
  subtotalPriceSet: MoneyBag totalDiscountsSet: MoneyBag totalShippingPriceSet: MoneyBag! totalTaxSet: MoneyBag
  totalPriceSet: MoneyBag! currentSubtotalPriceSet: MoneyBag! currentTotalDiscountsSet: MoneyBag!
  currentShippingPriceSet: MoneyBag! currentTotalTaxSet: MoneyBag! currentTotalPriceSet: MoneyBag!
  totalRefundedSet: MoneyBag! totalReceivedSet: MoneyBag! netPaymentSet: MoneyBag! totalTipReceivedSet: MoneyBag!
  originalTotalDutiesSet: MoneyBag currentTotalDutiesSet: MoneyBag
  subtotalLineItemsQuantity: Int! discountCode: String discountCodes: [String!]! customer: Customer customerJourneySummary: CustomerJourneySummary
  customAttributes: [Attribute!]!
  discountApplications(first: Int, after: String): DiscountApplicationConnection!
  lineItems(first: Int, after: String): LineItemConnection!
  shippingLines(first: Int, after: String): ShippingLineConnection!
  refunds(first: Int): [Refund!]!
  transactions(first: Int): [OrderTransaction!]!
}

type Location implements Node { id: ID! name: String! isActive: Boolean! }
type InventoryQuantity { name: String! quantity: Int! updatedAt: DateTime }
type InventoryLevel implements Node {
  id: ID! createdAt: DateTime! updatedAt: DateTime! location: Location! item: InventoryItem
  quantities(names: [String!]!): [InventoryQuantity!]!
}
type InventoryItem implements Node {
  id: ID! legacyResourceId: UnsignedInt64 sku: String tracked: Boolean! createdAt: DateTime! updatedAt: DateTime!
  unitCost: MoneyV2 variant: ProductVariant
  inventoryLevels(first: Int, after: String): InventoryLevelConnection!
}
type ProductVariant implements Node {
  id: ID! legacyResourceId: UnsignedInt64 sku: String title: String! price: Money! compareAtPrice: Money
  inventoryQuantity: Int createdAt: DateTime! updatedAt: DateTime! inventoryItem: InventoryItem! product: Product!
}
type Product implements Node {
  id: ID! legacyResourceId: UnsignedInt64! title: String! handle: String! status: String! vendor: String!
  productType: String! isGiftCard: Boolean! createdAt: DateTime! updatedAt: DateTime! publishedAt: DateTime
  tags: [String!]! totalInventory: Int!
  variants(first: Int, after: String): ProductVariantConnection!
}

type BulkOperation implements Node {
  id: ID! status: BulkOperationStatus! errorCode: BulkOperationErrorCode type: String! query: String!
  createdAt: DateTime! completedAt: DateTime objectCount: UnsignedInt64! rootObjectCount: UnsignedInt64!
  fileSize: UnsignedInt64 url: URL partialDataUrl: URL
}
type BulkOperationUserError { code: BulkOperationUserErrorCode field: [String!] message: String! }
type UserError { field: [String!] message: String! }
type BulkOperationRunQueryPayload { bulkOperation: BulkOperation userErrors: [BulkOperationUserError!]! }
type BulkOperationCancelPayload { bulkOperation: BulkOperation userErrors: [UserError!]! }

type Mutation {
  bulkOperationRunQuery(query: String!, groupObjects: Boolean! = false): BulkOperationRunQueryPayload
  bulkOperationCancel(id: ID!): BulkOperationCancelPayload
}

type QueryRoot {
  shop: Shop!
  bulkOperation(id: ID!): BulkOperation
  ordersCount(query: String, limit: Int = 10000): Count
  currentAppInstallation: AppInstallation!
  order(id: ID!): Order
  product(id: ID!): Product
  productVariant(id: ID!): ProductVariant
  inventoryItem(id: ID!): InventoryItem
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT, reverse: Boolean = false): OrderConnection!
  products(first: Int, after: String, query: String, sortKey: ProductSortKeys = ID, reverse: Boolean = false): ProductConnection!
  productVariants(first: Int, after: String, query: String, sortKey: ProductVariantSortKeys = ID, reverse: Boolean = false): ProductVariantConnection!
  inventoryItems(first: Int, after: String, query: String, reverse: Boolean = false): InventoryItemConnection!
  locations(first: Int, after: String, query: String, reverse: Boolean = false): LocationConnection!
}
schema { query: QueryRoot mutation: Mutation }
`

const CONNECTED = [
  'Order',
  'Product',
  'ProductVariant',
  'InventoryItem',
  'InventoryLevel',
  'Location',
  'LineItem',
  'ShippingLine',
  'RefundLineItem',
  'RefundShippingLine',
  'OrderTransaction',
  'OrderAdjustment',
  'DiscountApplication',
  'CustomerMoment',
]

const connectionOf = (type: string): string => `
type ${type}Edge { cursor: String! node: ${type}! }
type ${type}Connection { edges: [${type}Edge!]! nodes: [${type}!]! pageInfo: PageInfo! }`

export const SDL = OBJECTS + CONNECTED.map(connectionOf).join('')
