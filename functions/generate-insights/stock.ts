import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { outlookOf } from '../../shared/metrics/inventory.ts'
import { readStock, type StockRow } from '../../shared/operations/analytics/inventory-read.ts'
import { readBrandSettings } from '../../shared/operations/settings/read.ts'
import { EFFECT_DAYS } from '../../shared/recommendations/recommendation.ts'
import type { Conflict } from '../../shared/recommendations/rules/stock-conflict.ts'
import { actor } from '../../shared/tenant.ts'
import type { Window } from './settled.ts'

const AT_RISK = 0.2
/** A campaign that spent on one of these days still spends: today's row may not be there yet. */
const STILL_DAYS = 3

/** Products that are sold out or about to be, with the campaigns that sold them in the last 28 days and still spend. */
export async function readConflicts(db: Db, window: Window): Promise<Conflict[]> {
  const { brandId, today } = window
  const [settings, rows] = await Promise.all([readBrandSettings(db, brandId), readStock(db, brandId, today)])
  const { lead_time_days: mean, lead_time_sd_days: sd } = settings
  const leadTime = mean === null || sd === null ? null : { mean, sd }
  const products = [...Map.groupBy(rows, ({ product_id }) => product_id).values()]
  const scarce = products.flatMap((variants) => {
    const state = stateOf(variants, (row) => (outlookOf(row, row, leadTime).stock_out_risk ?? 0) >= AT_RISK)
    const [first] = variants
    return state && first ? [{ product_id: first.product_id, product: first.product, state }] : []
  })
  if (scarce.length === 0) return []
  const sellers = await readSellers(
    db,
    window,
    scarce.map(({ product_id }) => product_id),
  )
  return scarce.map((product) => ({
    ...product,
    campaigns: sellers.filter(({ product_id }) => product_id === product.product_id),
  }))
}

/** Out of stock when no variant is left; at risk when variants that make half of the sales are out or at risk. */
function stateOf(variants: readonly StockRow[], isAtRisk: (row: StockRow) => boolean): Conflict['state'] | null {
  if (variants.every(({ available }) => available <= 0)) return 'out_of_stock'
  const units = (of: readonly StockRow[]): number => of.reduce((sum, row) => sum + row.units, 0)
  const scarce = units(variants.filter((row) => row.available <= 0 || isAtRisk(row)))
  return scarce > 0 && 2 * scarce >= units(variants) ? 'at_risk' : null
}

type Seller = Conflict['campaigns'][number] & { product_id: string }

/** Shares of the net that a campaign is credited with by last touch; an order's credit is divided over its lines by their net. */
const readSellers = (db: Db, { brandId, today }: Window, products: readonly string[]): Promise<Seller[]> => {
  const { tenantId } = actor()
  const here = sql`tenant_id = ${tenantId} and brand_id = ${brandId}`
  return db.query<Seller>(sql`
    with spending as (
      select provider, campaign_id, (sum(spend_micros) / 1e6)::float8 as spend from unified_performance
      where ${here} and part = 'ads' and day >= ${today}::date - ${EFFECT_DAYS}::int and day <= ${today}::date
      group by provider, campaign_id
      having sum(spend_micros) filter (where day > ${today}::date - ${STILL_DAYS}::int) > 0
    ), credited as (
      select a.order_id, a.provider, a.campaign_id, sum(a.net_micros)::numeric as net
      from order_attributions a join spending s on s.provider = a.provider and s.campaign_id = a.campaign_id
      where a.tenant_id = ${tenantId} and a.brand_id = ${brandId} and a.order_ledger_day >= ${today}::date - ${EFFECT_DAYS}::int
        and a.model = 'last' and a.entry = 'sale' and a.bucket = 'campaign' and a.net_micros > 0
      group by a.order_id, a.provider, a.campaign_id
    ), sold as (
      select order_id, product_id, sum(gross_micros - discount_micros)::numeric as net,
        sum(sum(gross_micros - discount_micros)) over (partition by order_id)::numeric as total
      from order_lines where ${here} and order_id in (select order_id from credited)
      group by order_id, product_id
    ), shares as (
      select c.provider, c.campaign_id, l.product_id, sum(c.net * l.net / nullif(l.total, 0)) as net
      from credited c join sold l on l.order_id = c.order_id group by c.provider, c.campaign_id, l.product_id
    ), whole as (select provider, campaign_id, sum(net) as net from credited group by provider, campaign_id)
    select h.product_id, s.provider, s.campaign_id, c.name, s.spend, (h.net / w.net)::float8 as share
    from shares h
      join whole w on w.provider = h.provider and w.campaign_id = h.campaign_id
      join spending s on s.provider = h.provider and s.campaign_id = h.campaign_id
      join campaigns c on c.tenant_id = ${tenantId} and c.brand_id = ${brandId} and c.provider = h.provider and c.campaign_id = h.campaign_id
    where h.product_id = any(${products}::text[]) and h.net > 0
    order by s.provider, s.campaign_id`)
}
