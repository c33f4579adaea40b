import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'
import { Badge } from '../../parts/badge.tsx'
import type { Column } from '../../parts/data-table.tsx'
import { formatCount, formatShare } from '../../parts/format.ts'

type Item = OutputOf<typeof operations.get_inventory>['items'][number]
const AT_RISK = 0.2
/** What Shopify calls the one variant of a product that has none. */
const UNVARIED = 'Default Title'
const SCALE_DAYS = 60

const COLUMNS: readonly Column<Item>[] = [
  {
    id: 'product',
    title: 'Product',
    value: ({ product }) => product,
    className: 'max-w-64 truncate',
    cell: ({ product, variant }) => (
      <>
        <span className="font-medium">{product}</span>
        {variant && variant !== UNVARIED && <span className="ml-2 text-ink-3">{variant}</span>}
      </>
    ),
  },
  { id: 'sku', title: 'SKU', isMinor: true, value: ({ sku }) => sku, className: 'text-ink-3' },
  {
    id: 'state',
    title: 'State',
    value: (item) => stateOf(item).text,
    cell: (item) => <Badge tone={stateOf(item).tone}>{stateOf(item).text}</Badge>,
  },
  { id: 'available', title: 'Available', align: 'right', value: ({ available }) => available },
  {
    id: 'incoming',
    title: 'Incoming',
    align: 'right',
    value: ({ incoming }) => incoming,
    cell: ({ incoming }) => (incoming === 0 ? <span className="text-ink-3">–</span> : formatCount(incoming)),
  },
  count('velocity', 'Sells a day'),
  {
    id: 'cover_days',
    title: 'Cover',
    unit: 'days',
    align: 'right',
    value: ({ cover_days }) => cover_days,
    cell: ({ cover_days }) => <Cover days={cover_days} />,
  },
  {
    id: 'stock_out_risk',
    title: 'Stock-out risk',
    align: 'right',
    value: (item) => item.stock_out_risk,
    cell: (item) => formatShare(item.stock_out_risk),
  },
  count('reorder_point', 'Reorder at'),
  { id: 'needs', title: 'Needs', value: ({ needs }) => needs.join(', ') || null, className: 'text-ink-3' },
]

/** Those of which something is known; what every one waits for is said once, above them. */
export const columnsFor = (items: readonly Item[]): Column<Item>[] =>
  COLUMNS.filter(({ id, value }) => {
    if (id === 'needs' && commonNeeds(items).length > 0) return false
    return items.some((item) => value(item) !== null)
  })

/** What is missing for all of them alike; nothing when they differ. */
export function commonNeeds(items: readonly Item[]): Item['needs'] {
  const [first, ...others] = items
  return first && others.every(({ needs }) => needs.join() === first.needs.join()) ? first.needs : []
}

function count(id: 'velocity' | 'reorder_point', title: string): Column<Item> {
  return { id, title, align: 'right', value: (item) => item[id], cell: (item) => formatCount(item[id]) }
}

function stateOf({ available, stock_out_risk }: Item) {
  if (available <= 0) return { tone: 'bad', text: 'Out of stock' } as const
  if ((stock_out_risk ?? 0) >= AT_RISK) return { tone: 'warn', text: 'At risk' } as const
  return { tone: 'good', text: 'In stock' } as const
}

const Cover = ({ days }: { days: number | null }) => (
  <span className="inline-flex items-center justify-end gap-2">
    {days !== null && (
      <span aria-hidden className="h-1.5 w-14 overflow-hidden rounded-full bg-sunken">
        <span
          className="block h-full rounded-full bg-accent"
          style={{ width: `${Math.min(100, (days / SCALE_DAYS) * 100)}%` }}
        />
      </span>
    )}
    {days === null ? '–' : `${formatCount(Math.round(days))} d`}
  </span>
)
