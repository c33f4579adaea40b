import { Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import { useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { formatInstant } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Tile, Tiles } from '../../parts/tile.tsx'
import { NoBrand } from '../../shell/no-brand.tsx'
import { useScope } from '../../shell/scope.ts'
import { columnsFor, commonNeeds } from './columns.tsx'

const FILTERS = [
  { value: 'all', title: 'All' },
  { value: 'at_risk', title: 'At risk' },
  { value: 'out_of_stock', title: 'Out of stock' },
] as const
type Filter = (typeof FILTERS)[number]['value']
type Stock = OutputOf<typeof operations.get_inventory>

export function ProductsPage() {
  const { brand } = useScope()
  const [only, setOnly] = useState<Filter>('all')
  return (
    <PageFrame
      title="Products & inventory"
      hint="How long the stock lasts at the pace it sells while in stock, and when to order again."
    >
      {brand ? <Stocks brandId={brand.id} only={only} setOnly={setOnly} /> : <NoBrand />}
    </PageFrame>
  )
}

type Props = { brandId: string; only: Filter; setOnly: (only: Filter) => void }

function Stocks({ brandId, only, setOnly }: Props) {
  const result = useRead(operations.get_inventory, { id: brandId, only, limit: 500 })
  return (
    <Loaded result={result}>
      {(stock) => (
        <div className="flex flex-col gap-4">
          <Counts stock={stock} />
          <Card
            title="Stock by variant"
            hint={`The most urgent first · as of ${formatInstant(stock.as_of)}`}
            actions={<Segmented label="Show" value={only} options={FILTERS} onChange={setOnly} />}
          >
            <Waiting items={stock.items} />
            <DataTable
              name="Stock by variant"
              columns={columnsFor(stock.items)}
              rows={stock.items}
              keyOf={(item) => item.variant_id}
              empty="No product is in this state"
            />
          </Card>
          {stock.items_left_out > 0 && (
            <p className="text-ink-3 text-xs">{stock.items_left_out} less urgent variants are left out.</p>
          )}
        </div>
      )}
    </Loaded>
  )
}

/** What the figures that are not there yet wait for. */
function Waiting({ items }: { items: Stock['items'] }) {
  const needs = commonNeeds(items)
  if (needs.length === 0) return null
  return (
    <p className="mx-4 mb-2 flex items-center gap-2 rounded-lg bg-sunken px-3 py-2 text-ink-2 text-sm sm:mx-5">
      <Hourglass size={15} aria-hidden className="shrink-0 text-ink-3" />
      Pace, cover and stock-out risk appear with {needs.map((need) => NEEDS[need]).join(' and ')}.
    </p>
  )
}
const NEEDS: Readonly<Record<Stock['items'][number]['needs'][number], string>> = {
  '14 days of snapshots': '14 days of stock counts',
  'lead time': 'a lead time',
}

const Counts = ({ stock: { counts, lead_time } }: { stock: Stock }) => (
  <Tiles>
    <Tile title="Variants" value={counts.items} />
    <Tile title="Out of stock" value={counts.out_of_stock} tone={counts.out_of_stock > 0 ? 'bad' : 'neutral'} />
    <Tile title="At risk" value={counts.at_risk} tone={counts.at_risk > 0 ? 'warn' : 'neutral'} hint="20 % or more" />
    <Tile
      title="Lead time"
      value={lead_time ? `${lead_time.mean_days} d` : 'Not set'}
      hint={lead_time ? `± ${lead_time.sd_days} d` : <SetLeadTime />}
    />
  </Tiles>
)

const SetLeadTime = () => (
  <Link
    to="/settings"
    search={(before) => ({ ...before, section: 'brands' })}
    className="text-accent-text hover:underline"
  >
    Set it: risk and reorder points need it
  </Link>
)
