/** Column types of the tables that connectors fill; a trailing ? may be null. test/shared/db/tables.test.ts compares with the catalog. */
type PgType = 'text' | 'uuid' | 'bigint' | 'numeric' | 'boolean' | 'date' | 'timestamptz' | 'jsonb'
type ColumnType = PgType | `${PgType}?`

/** `timestamptz` as RFC 3339 text, `date` as YYYY-MM-DD, `numeric` as decimal text, `bigint` as bigint. */
type Value<T extends ColumnType> = T extends `${infer P extends PgType}?`
  ? Plain<P> | null
  : T extends PgType
    ? Plain<T>
    : never
type Plain<P extends PgType> = P extends 'bigint'
  ? bigint
  : P extends 'boolean'
    ? boolean
    : P extends 'jsonb'
      ? object
      : string

type Table = {
  columns: Readonly<Record<string, ColumnType>>
  key: readonly string[]
  /** Not compared when deciding whether a row differs. */
  ignored?: readonly string[]
  /** A row is refused when the stored one has a larger value here: newest wins, whatever the order of arrival. */
  version?: string
  /** Rows belong to a parent row and are replaced as a set with it: table and the shared key columns. */
  parent?: string
  /** Columns whose days (old and new) must be recomputed when the row is written. */
  days?: readonly string[]
  /** Looked up when a row is first written (frozen.ts) and kept from then on; connectors do not send them. */
  frozen?: readonly string[]
}

const OWNER = { tenant_id: 'uuid', brand_id: 'uuid' } as const
const ORDER = { ...OWNER, order_id: 'text' } as const

/** Parents stand before their children: rows are written in this order. */
export const TABLES = {
  shops: {
    columns: {
      ...OWNER,
      shop_id: 'text',
      domain: 'text',
      name: 'text',
      currency: 'text',
      time_zone: 'text',
      plan: 'text?',
      taxes_included: 'boolean',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'shop_id'],
    ignored: ['fetched_at'],
  },
  products: {
    columns: {
      ...OWNER,
      product_id: 'text',
      title: 'text',
      handle: 'text?',
      status: 'text?',
      vendor: 'text?',
      product_type: 'text?',
      created_at: 'timestamptz?',
      updated_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'product_id'],
    version: 'updated_at',
  },
  variants: {
    columns: {
      ...OWNER,
      variant_id: 'text',
      product_id: 'text',
      sku: 'text?',
      title: 'text?',
      price_micros: 'bigint?',
      inventory_item_id: 'text?',
      tracked: 'boolean?',
      unit_cost_micros: 'bigint?',
      unit_cost_currency: 'text?',
      updated_at: 'timestamptz?',
    },
    key: ['tenant_id', 'brand_id', 'variant_id'],
  },
  inventory_levels: {
    columns: {
      ...OWNER,
      inventory_item_id: 'text',
      location_id: 'text',
      product_id: 'text',
      location_name: 'text?',
      available: 'bigint?',
      on_hand: 'bigint?',
      committed: 'bigint?',
      incoming: 'bigint?',
      reserved: 'bigint?',
      updated_at: 'timestamptz?',
    },
    key: ['tenant_id', 'brand_id', 'inventory_item_id', 'location_id'],
  },
  orders: {
    columns: {
      ...ORDER,
      integration_id: 'uuid',
      name: 'text?',
      source_name: 'text?',
      created_at: 'timestamptz',
      processed_at: 'timestamptz',
      updated_at: 'timestamptz',
      cancelled_at: 'timestamptz?',
      day: 'date',
      is_test: 'boolean',
      financial_status: 'text?',
      fulfillment_status: 'text?',
      currency: 'text',
      presentment_currency: 'text?',
      presentment_total_micros: 'bigint?',
      customer_key: 'text?',
      units: 'bigint',
      gross_micros: 'bigint',
      discounts_micros: 'bigint',
      tax_micros: 'bigint',
      shipping_micros: 'bigint',
      gift_cards_micros: 'bigint',
      adjustment_micros: 'bigint',
      adjustment_day: 'date?',
      journey: 'text',
      content_hash: 'text',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'order_id'],
    ignored: ['fetched_at'],
    version: 'updated_at',
    days: ['day', 'adjustment_day'],
  },
  order_lines: {
    columns: {
      ...ORDER,
      line_id: 'text',
      product_id: 'text?',
      variant_id: 'text?',
      title: 'text?',
      sku: 'text?',
      vendor: 'text?',
      quantity: 'bigint',
      current_quantity: 'bigint',
      gross_micros: 'bigint',
      discount_micros: 'bigint',
      tax_micros: 'bigint',
      is_gift_card: 'boolean',
      unit_cost_micros: 'bigint?',
    },
    key: ['tenant_id', 'brand_id', 'order_id', 'line_id'],
    parent: 'orders',
    frozen: ['unit_cost_micros'],
  },
  refunds: {
    columns: {
      ...ORDER,
      refund_id: 'text',
      created_at: 'timestamptz',
      day: 'date',
      units: 'bigint',
      returns_micros: 'bigint',
      adjustment_micros: 'bigint',
      tax_micros: 'bigint',
      refunded_micros: 'bigint',
    },
    key: ['tenant_id', 'brand_id', 'order_id', 'refund_id'],
    parent: 'orders',
  },
  refund_lines: {
    columns: {
      ...ORDER,
      refund_id: 'text',
      refund_line_id: 'text',
      line_id: 'text',
      quantity: 'bigint',
      returns_micros: 'bigint',
      tax_micros: 'bigint',
      restock_type: 'text?',
    },
    key: ['tenant_id', 'brand_id', 'order_id', 'refund_id', 'refund_line_id'],
    parent: 'orders',
  },
  order_transactions: {
    columns: {
      ...ORDER,
      transaction_id: 'text',
      kind: 'text',
      status: 'text',
      gateway: 'text?',
      processed_at: 'timestamptz?',
      amount_micros: 'bigint',
      fee_micros: 'bigint?',
      currency: 'text',
    },
    key: ['tenant_id', 'brand_id', 'order_id', 'transaction_id'],
    parent: 'orders',
  },
  touchpoints: {
    columns: {
      ...ORDER,
      visit_id: 'text',
      occurred_at: 'timestamptz',
      day: 'date',
      bucket: 'text',
      provider: 'text?',
      campaign_id_hint: 'text?',
      campaign_name_hint: 'text?',
      parameters: 'jsonb',
      referrer_host: 'text?',
    },
    key: ['tenant_id', 'brand_id', 'order_id', 'visit_id'],
    parent: 'orders',
  },
  ad_accounts: {
    columns: {
      ...OWNER,
      provider: 'text',
      account_id: 'text',
      name: 'text',
      currency: 'text',
      time_zone: 'text',
      status: 'text?',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'provider', 'account_id'],
    ignored: ['fetched_at'],
  },
  campaigns: {
    columns: {
      ...OWNER,
      provider: 'text',
      campaign_id: 'text',
      account_id: 'text',
      name: 'text',
      status: 'text?',
      objective: 'text?',
      daily_budget_micros: 'bigint?',
      lifetime_budget_micros: 'bigint?',
      currency: 'text',
      started_at: 'timestamptz?',
      stopped_at: 'timestamptz?',
      updated_at: 'timestamptz?',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'provider', 'campaign_id'],
    ignored: ['fetched_at'],
  },
  ad_sets: {
    columns: {
      ...OWNER,
      provider: 'text',
      ad_set_id: 'text',
      campaign_id: 'text',
      account_id: 'text',
      name: 'text',
      status: 'text?',
      daily_budget_micros: 'bigint?',
      lifetime_budget_micros: 'bigint?',
      currency: 'text',
      started_at: 'timestamptz?',
      stopped_at: 'timestamptz?',
      updated_at: 'timestamptz?',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'provider', 'ad_set_id'],
    ignored: ['fetched_at'],
  },
  ad_performance: {
    columns: {
      ...OWNER,
      provider: 'text',
      campaign_id: 'text',
      day: 'date',
      account_id: 'text',
      campaign_name: 'text',
      currency: 'text',
      spend_micros: 'bigint',
      impressions: 'bigint',
      clicks: 'bigint',
      claimed_conversions: 'numeric?',
      claimed_value_micros: 'bigint?',
      fetched_at: 'timestamptz',
    },
    key: ['tenant_id', 'brand_id', 'provider', 'campaign_id', 'day'],
    ignored: ['fetched_at'],
    version: 'fetched_at',
    days: ['day'],
  },
} as const satisfies Readonly<Record<string, Table>>

export type TableName = keyof typeof TABLES
type Columns<T extends TableName> = (typeof TABLES)[T]['columns']
type Stored<T extends TableName> = {
  -readonly [C in keyof Columns<T>]: Columns<T>[C] extends ColumnType ? Value<Columns<T>[C]> : never
}

type Frozen<T extends TableName> = (typeof TABLES)[T] extends { frozen: readonly (infer C extends string)[] }
  ? C
  : never

/** A row as a connector makes it: the sync loop adds tenant, brand and connection, the database what it freezes. */
export type Row<T extends TableName> = Omit<Stored<T>, 'tenant_id' | 'brand_id' | 'integration_id' | Frozen<T>>

/** Rows of one page by table; children come with their parents. */
export type Rows = { readonly [T in TableName]?: readonly Row<T>[] }

/** The declaration of a table, for code that builds SQL from it. */
export const tableOf = (name: TableName): Table => TABLES[name]
