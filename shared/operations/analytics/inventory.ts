import * as z from 'zod'
import { clock } from '../../clock.ts'
import { transaction } from '../../db/transaction.ts'
import { type LeadTime, type Outlook, outlookOf } from '../../metrics/inventory.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { readBrandSettings } from '../settings/read.ts'
import { Instant } from '../wire.ts'
import { readBrandFacts } from './brand-facts.ts'
import { readStock, type StockRow } from './inventory-read.ts'
import { asOf, readFreshness } from './marks.ts'
import { Freshness } from './metrics-output.ts'

const unknown = 'null: unknown, see `needs`.'
const Item = z.object({
  variant_id: z.string(),
  product_id: z.string(),
  sku: z.string().nullable(),
  product: z.string(),
  variant: z.string().nullable(),
  available: z.int().describe('What can be sold now; not what lies on the shelf.'),
  on_hand: z.int(),
  incoming: z.int(),
  known_days: z.int().describe('Days of the last 28 with a snapshot of the stock.'),
  velocity: z.number().nullable().describe(`Units a day while in stock; ${unknown}`),
  cover_days: z.number().nullable().describe('available / velocity; null: unknown, or nothing sells.'),
  reorder_point: z.number().nullable().describe(`Stock at which to order, for a service level of 95 %; ${unknown}`),
  stock_out_risk: z
    .number()
    .nullable()
    .describe(`Probability that the demand of a lead time exceeds on hand + incoming; ${unknown}`),
  needs: z.array(z.enum(['14 days of snapshots', 'lead time'])),
})

const Input = z.object({
  id: z.uuid().describe('Of the brand.'),
  only: z
    .enum(['all', 'out_of_stock', 'at_risk'])
    .default('all')
    .describe('at_risk: a stock-out risk of 20 % or more.'),
  limit: z.int().min(1).max(500).default(100).describe('Items at most: the most urgent.'),
})

const AT_RISK = 0.2

export const getInventory = operation({
  name: 'get_inventory',
  description:
    'Stock of a brand by variant: sales velocity, days of cover, reorder point and the risk of running out, the most urgent first.',
  http: { method: 'get', path: '/api/analytics/brands/{id}/inventory' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: z.object({
    brand_id: z.uuid(),
    as_of: Instant,
    lead_time: z
      .object({ mean_days: z.number(), sd_days: z.number() })
      .nullable()
      .describe('A setting of the brand or tenant; null: not set.'),
    counts: z.object({ items: z.int(), out_of_stock: z.int(), at_risk: z.int(), unknown: z.int() }),
    items: z.array(Item),
    items_left_out: z.int(),
    freshness: Freshness,
  }),
  run: ({ id, only, limit }) =>
    transaction(async (db) => {
      const { time_zone } = await readBrandFacts(db, id)
      const [settings, rows, freshness] = await Promise.all([
        readBrandSettings(db, id),
        readStock(db, id, dayIn(time_zone, clock.now())),
        readFreshness(db, id),
      ])
      const { lead_time_days: mean, lead_time_sd_days: sd } = settings
      const leadTime = mean === null || sd === null ? null : { mean, sd }
      const items = rows.map((row) => ({ ...row, ...outlookOf(row, row, leadTime) })).sort(byUrgency)
      const wanted = items.filter((item) => only === 'all' || isSo[only](item))
      return {
        brand_id: id,
        as_of: asOf(),
        lead_time: onWire(leadTime),
        counts: {
          items: items.length,
          out_of_stock: items.filter(isSo.out_of_stock).length,
          at_risk: items.filter(isSo.at_risk).length,
          unknown: items.filter(({ velocity }) => velocity === null).length,
        },
        items: wanted.slice(0, limit),
        items_left_out: Math.max(0, wanted.length - limit),
        freshness,
      }
    }),
})

type Looked = StockRow & Outlook

const isSo = {
  out_of_stock: ({ available }: Looked): boolean => available <= 0,
  at_risk: ({ stock_out_risk }: Looked): boolean => (stock_out_risk ?? 0) >= AT_RISK,
}

const onWire = (leadTime: LeadTime) => leadTime && { mean_days: leadTime.mean, sd_days: leadTime.sd }

/** Out of stock before what will be: by risk, then by cover, then by what sells most. */
function byUrgency(a: Looked, b: Looked): number {
  const rank = (item: Looked): readonly number[] => [
    item.available <= 0 ? 0 : 1,
    -(item.stock_out_risk ?? 0),
    item.cover_days ?? Number.POSITIVE_INFINITY,
    -(item.velocity ?? 0),
  ]
  const [left, right] = [rank(a), rank(b)]
  const at = left.findIndex((value, index) => value !== right[index])
  return at === -1 ? (a.variant_id < b.variant_id ? -1 : 1) : (left[at] ?? 0) - (right[at] ?? 0)
}
