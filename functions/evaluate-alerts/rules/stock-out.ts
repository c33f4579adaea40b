import { clock } from '../../../shared/clock.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { type Outlook, outlookOf } from '../../../shared/metrics/inventory.ts'
import { readStock, type StockRow } from '../../../shared/operations/analytics/inventory-read.ts'
import { readBrandSettings } from '../../../shared/operations/settings/read.ts'
import { dayIn } from '../../../shared/units.ts'
import { type Brand, openCauses, readBrand } from '../brand.ts'
import type { Rule, Verdict } from '../rule.ts'

/** The best sellers alone: of the others the inventory tells. */
const PRODUCTS_AT_MOST = 10

/** A best seller will probably be gone before new stock can arrive. */
export const stockOut: Rule = {
  rule: 'stock_out',
  on: { 'figures.kept': (db, { data }, { threshold }) => judge(db, data, (threshold ?? 0) / 100) },
}

type Item = StockRow & { outlook: Outlook }

async function judge(
  db: Db,
  { brand_id }: ReceivedEvent<'figures.kept'>['data'],
  limit: number,
): Promise<readonly Verdict[]> {
  const brand = await readBrand(db, brand_id)
  if (!brand) return []
  const items = await bestSellers(db, brand)
  const riskier = (than: number): Item[] => items.filter(({ outlook }) => (outlook.stock_out_risk ?? 0) > than)
  // Half of the limit clears, so that a risk around it does not raise again and again.
  const lasting = new Set(riskier(limit / 2).map((item) => causeOf(brand, item)))
  const gone = (await openCauses(db, prefixOf(brand))).filter((cause) => !lasting.has(cause))
  return [...riskier(limit).map((item) => raise(brand, item)), ...gone.map((clear) => ({ clear }))]
}

async function bestSellers(db: Db, { brand_id, time_zone }: Brand): Promise<Item[]> {
  const { lead_time_days: mean, lead_time_sd_days: sd } = await readBrandSettings(db, brand_id)
  if (mean === null || sd === null) return []
  const rows = await readStock(db, brand_id, dayIn(time_zone, clock.now()))
  return rows
    .map((row) => ({ ...row, outlook: outlookOf(row, row, { mean, sd }) }))
    .filter(({ outlook }) => (outlook.velocity ?? 0) > 0)
    .sort((a, b) => b.units - a.units || (a.variant_id < b.variant_id ? -1 : 1))
    .slice(0, PRODUCTS_AT_MOST)
}

const prefixOf = ({ brand_id }: Brand): string => `stock_out:${brand_id}:`
const causeOf = (brand: Brand, { variant_id }: Item): string => prefixOf(brand) + variant_id

function raise(brand: Brand, item: Item): Verdict {
  const { available, outlook, product, variant, sku } = item
  const name = variant === null ? product : `${product} (${variant})`
  const cover = outlook.cover_days === null ? '' : `, enough for ${outlook.cover_days.toFixed(1)} days`
  const percent = Math.round((outlook.stock_out_risk ?? 0) * 100)
  return {
    raise: causeOf(brand, item),
    brandId: brand.brand_id,
    title: `"${name}" of ${brand.name} is likely to run out`,
    message:
      `${available} available${cover}; in ${percent} % of cases demand exceeds what is there and on its way before new stock can ` +
      `arrive. Order now, or slow its sales down: take it out of ads, raise its price. The lead time is set under Settings.`,
    details: {
      variant_id: item.variant_id,
      sku,
      available,
      stock_out_risk: outlook.stock_out_risk,
      cover_days: outlook.cover_days,
    },
  }
}
