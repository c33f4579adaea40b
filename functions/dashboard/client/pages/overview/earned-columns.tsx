import type { Column } from '../../parts/data-table.tsx'
import { formatCount, formatMoneyRounded, formatRatio } from '../../parts/format.ts'
import type { Dashboard } from './dashboard.ts'

type Earned = Pick<
  Dashboard['channels'][number],
  'spend' | 'credited_net' | 'credited_orders' | 'credited_new_customers' | 'roas' | 'claimed_value'
>
type Money = { amount: string; currency: string } | null
type MoneyName = 'spend' | 'credited_net' | 'claimed_value'

/** What channels and campaigns cost and are credited with, in columns. */
export const earnedColumns = <Row extends Earned>(currency: string): Column<Row>[] => [
  money('spend', 'Spend', currency),
  money('credited_net', 'Credited net', currency),
  {
    id: 'orders',
    title: 'Orders',
    align: 'right',
    value: (row) => row.credited_orders,
    cell: (row) => formatCount(row.credited_orders),
  },
  {
    id: 'new_customers',
    title: 'New customers',
    align: 'right',
    value: (row) => row.credited_new_customers,
    cell: (row) => formatCount(row.credited_new_customers),
  },
  {
    id: 'roas',
    title: 'ROAS',
    align: 'right',
    value: (row) => row.roas,
    cell: ({ roas }) => <span className={roas === null ? 'text-ink-3' : 'font-medium'}>{formatRatio(roas)}</span>,
  },
  money('claimed_value', 'Platform claims', currency),
]

const money = <Row extends Earned>(name: MoneyName, title: string, unit: string): Column<Row> => ({
  id: name,
  title,
  unit,
  align: 'right',
  value: (row) => amountOf(row[name]),
  cell: (row) => formatMoneyRounded(row[name]),
})

const amountOf = (value: Money): string | null => value?.amount ?? null
