import type { TableName } from './tables.ts'

/** SQL of upsertRows for a table's frozen columns: joins to the given row `g`, $1 and $2 being tenant and brand, and a value for each. */
type Lookup = { joins: string; values: Readonly<Record<string, string>> }

export const LOOKUPS: Readonly<Partial<Record<TableName, Lookup>>> = {
  order_lines: {
    // A cost in another currency than the order's is as good as unknown: it could not be taken from the line's price.
    joins: `join orders_given o on o.order_id = g.order_id
      left join variants v on v.tenant_id = $1 and v.brand_id = $2 and v.variant_id = g.variant_id and v.unit_cost_currency = o.currency`,
    values: { unit_cost_micros: 'v.unit_cost_micros' },
  },
}
