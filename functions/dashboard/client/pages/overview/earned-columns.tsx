import type { Column } from '../../parts/data-table.tsx'
import { countColumn, moneyColumn } from '../../parts/figure-columns.tsx'
import { formatRatio } from '../../parts/format.ts'
import type { Dashboard } from './dashboard.ts'

type Earned = Pick<
  Dashboard['channels'][number],
  'spend' | 'credited_net' | 'credited_orders' | 'credited_new_customers' | 'roas' | 'claimed_value'
>

/** What channels and campaigns cost and are credited with, in columns. */
export const earnedColumns = <Row extends Earned>(currency: string): Column<Row>[] => [
  moneyColumn('spend', { title: 'Spend', currency }),
  moneyColumn('credited_net', { title: 'Credited net', currency }),
  {
    id: 'roas',
    title: 'ROAS',
    align: 'right',
    value: (row) => row.roas,
    cell: ({ roas }) => <span className={roas === null ? 'text-ink-3' : 'font-medium'}>{formatRatio(roas)}</span>,
  },
  countColumn('credited_orders', 'Orders'),
  countColumn('credited_new_customers', 'New customers'),
  moneyColumn('claimed_value', { title: 'Platform claims', currency }),
]
