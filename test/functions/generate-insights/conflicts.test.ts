import { expect, test } from 'vitest'
import { generateInsights } from '../../../functions/generate-insights/generate.ts'
import { useClaude } from '../../support/claude.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createTenant } from '../../support/tenants.ts'
import { deliverTo, delivery, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
useClaude()
const deliver = deliverTo('generate-insights', { 'orders.attributed': generateInsights })
const here = `'$tenant'::uuid, '$brand'::uuid`

/** One order of a lamp (30) and a shade (10), credited to campaign 7; the lamp is sold out, nine more visits name no campaign. */
const SHOP = [
  `insert into products (tenant_id, brand_id, product_id, title, updated_at) values (${here}, 'lamp', 'Lamp', now()), (${here}, 'shade', 'Shade', now())`,
  `insert into variants (tenant_id, brand_id, variant_id, product_id, inventory_item_id, tracked)
   values (${here}, 'l', 'lamp', 'il', true), (${here}, 's', 'shade', 'is', true)`,
  `insert into inventory_levels (tenant_id, brand_id, inventory_item_id, location_id, product_id, available, on_hand)
   values (${here}, 'il', '1', 'lamp', 0, 0), (${here}, 'is', '1', 'shade', 50, 50)`,
  `insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, currency, fetched_at)
   values (${here}, 'meta', '7', '1', 'Spring', 'USD', now()), (${here}, 'meta', '8', '1', 'Unseen', 'USD', now())`,
  `insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, units, gross_micros,
     discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
   values (${here}, 'o', '$brand'::uuid, '2026-10-20', '2026-10-20', '2026-10-20', '2026-10-20', false, 'USD', 2, 40000000, 0, 0, 0, 0, 0, 'ready', '', now())`,
  `insert into order_lines (tenant_id, brand_id, order_id, line_id, product_id, variant_id, quantity, current_quantity, gross_micros, discount_micros, tax_micros, is_gift_card)
   values (${here}, 'o', '1', 'lamp', 'l', 1, 1, 30000000, 0, 0, false), (${here}, 'o', '2', 'shade', 's', 1, 1, 10000000, 0, 0, false)`,
  `insert into order_credits (tenant_id, brand_id, order_id, entry, position, bucket, provider, campaign_id, order_ledger_day, touch_ledger_day,
     currency, models, orders, new_customers, net_micros)
   values (${here}, 'o', 'sale', 1, 'campaign', 'meta', '7', '2026-10-20', '2026-10-20', 'USD', '{last}', '{1}', '{0}', '{40000000}')`,
  `insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, version, spend_micros, orders)
   values (${here}, '2026-10-20', 'ads', '', '', '', 'meta', '7', 'USD', 1, 60000000, null), (${here}, '2026-11-01', 'ads', '', '', '', 'meta', '7', 'USD', 1, 20000000, null),
     (${here}, '2026-10-21', 'ads', '', '', '', 'meta', '8', 'USD', 1, 5000000, null),
     (${here}, '2026-10-20', 'credit', 'linear', 'touch', 'campaign', 'meta', '7', 'USD', 1, null, 1),
     (${here}, '2026-10-20', 'credit', 'linear', 'touch', 'unmatched_paid', 'meta', '', 'USD', 1, null, 9)`,
]

test('ads for what is sold out, and visits that name no campaign, are told with what they rest on', async () => {
  const { tenantId, brandId } = await createTenant('lamps')
  for (const statement of SHOP)
    await database.asAdmin(statement.replaceAll('$tenant', tenantId).replaceAll('$brand', brandId))
  setClock('2026-11-01T12:00:00Z')
  await deliver(delivery('orders.attributed', { tenantId, data: { brand_id: brandId, days: [] } }))
  const rows = await database.asAdmin(
    'select kind, expected_high_micros::text as high, body from recommendations where tenant_id = $1 order by kind',
    [tenantId],
  )
  expect(rows).toMatchObject([
    {
      kind: 'stock_conflict',
      high: '60000000', // three quarters of 80
      body: {
        evidence: [{ product_id: 'lamp', state: 'out_of_stock', campaign_id: '7', share_of_credited_net: 0.75 }],
      },
    },
    {
      kind: 'tracking_gap',
      high: null,
      body: {
        evidence: [
          { orders_unmatched: 9, unmatched_share: 0.9 },
          { campaign_id: '8', spend: 5 },
        ],
      },
    },
  ])
})
