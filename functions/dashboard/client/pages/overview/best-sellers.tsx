import { Link } from '@tanstack/react-router'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { Change } from '../../parts/change.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { type Amount, formatCount, formatMoney, formatMoneyWhole } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import type { Dashboard } from './dashboard.ts'

type Row = OutputOf<typeof operations.get_metrics>['rows'][number]
type Metric = 'net' | 'units' | 'orders' | 'returns'
const MOST = 10

/** The products with the largest net sales of the same days. */
export function BestSellers({ dashboard: { brand_id, currency, period, comparison } }: { dashboard: Dashboard }) {
  const result = useRead(operations.get_metrics, {
    id: brand_id,
    ...period,
    metrics: ['net', 'units', 'orders', 'returns'],
    by: 'product',
    compare: comparison,
    limit: MOST,
  })
  const stock = (
    <Link to="/products" search={(before) => before} className="font-medium text-accent-text text-xs hover:underline">
      Stock
    </Link>
  )
  return (
    <Card title="Best sellers" hint="By net sales, returns taken off" actions={stock}>
      <Loaded result={result}>
        {({ rows, compared_with }) => (
          <DataTable
            name="Best sellers"
            columns={columnsIn(currency, compared_with !== null)}
            rows={rows}
            keyOf={({ key }) => String(key)}
            empty="Nothing was sold in these days"
          />
        )}
      </Loaded>
    </Card>
  )
}

const columnsIn = (currency: string, isCompared: boolean): Column<Row>[] => [
  {
    id: 'product',
    title: 'Product',
    value: nameOf,
    cell: (row) => (
      <span className="block max-w-40 truncate font-medium sm:max-w-96" title={nameOf(row)}>
        {nameOf(row)}
      </span>
    ),
  },
  money('net', { title: 'Net sales', currency }),
  ...(isCompared ? [change] : []),
  count('units', 'Units'),
  count('orders', 'Orders'),
  money('returns', { title: 'Returns', currency }),
]

const nameOf = ({ label, key }: Row): string => label ?? key ?? 'Without a product'
const amountIn = ({ values }: Row, metric: Metric): Amount | null => {
  const value = values[metric]?.value ?? null
  return typeof value === 'number' ? null : value
}
const countIn = ({ values }: Row, metric: Metric): number | null => {
  const value = values[metric]?.value
  return typeof value === 'number' ? value : null
}

const change: Column<Row> = {
  id: 'change',
  title: 'Change',
  align: 'right',
  value: ({ values }) => values.net?.change ?? null,
  cell: ({ values }) => <Change change={values.net?.change ?? null} />,
}

const money = (id: Metric, { title, currency }: { title: string; currency: string }): Column<Row> => ({
  id,
  title,
  unit: currency,
  align: 'right',
  value: (row) => amountIn(row, id)?.amount ?? null,
  cell: (row) => <span title={formatMoney(amountIn(row, id))}>{formatMoneyWhole(amountIn(row, id))}</span>,
})

const count = (id: Metric, title: string): Column<Row> => ({
  id,
  title,
  align: 'right',
  value: (row) => countIn(row, id),
  cell: (row) => formatCount(countIn(row, id)),
})
