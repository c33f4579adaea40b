import { useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCount, formatMoney, formatMonth } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Empty } from '../../parts/states.tsx'
import { NoBrand } from '../../shell/no-brand.tsx'
import { useScope } from '../../shell/scope.ts'
import { HeatMap, type Measure } from './heat-map.tsx'

type Cohort = OutputOf<typeof operations.get_cohorts>['cohorts'][number]
const MEASURES = [
  { value: 'share', title: 'Came back' },
  { value: 'value', title: 'Value so far' },
] as const

export function CohortsPage() {
  const { brand } = useScope()
  return (
    <PageFrame
      title="Cohorts"
      hint="Customers by the month of their first order: who came back, and what they have brought so far. Observed, not predicted."
    >
      {brand ? <Cohorts brandId={brand.id} /> : <NoBrand />}
    </PageFrame>
  )
}

function Cohorts({ brandId }: { brandId: string }) {
  const [measure, setMeasure] = useState<Measure>('share')
  const result = useRead(operations.get_cohorts, { id: brandId })
  const choice = <Segmented label="Measure" value={measure} options={MEASURES} onChange={setMeasure} />
  return (
    <Loaded result={result}>
      {({ cohorts, currency, incomplete }) => (
        <div className="flex flex-col gap-4">
          <Card title="By months since the first order" hint="Darker is more" actions={choice}>
            {cohorts.length === 0 ? (
              <Empty title="No customers yet">They appear with the first synced orders.</Empty>
            ) : (
              <HeatMap cohorts={cohorts} measure={measure} />
            )}
          </Card>
          <Card title="Net sales by customer" hint="Days since the first order; blank until every customer is that old">
            <DataTable name="Cohorts" columns={columnsIn(currency)} rows={cohorts} keyOf={({ month }) => month} />
          </Card>
          {incomplete > 0 && (
            <p className="text-ink-3 text-xs">{incomplete} orders without an exchange rate are in no sum.</p>
          )}
        </div>
      )}
    </Loaded>
  )
}

const columnsIn = (currency: string): Column<Cohort>[] => [
  { id: 'month', title: 'First order', value: ({ month }) => month, cell: ({ month }) => formatMonth(month) },
  {
    id: 'customers',
    title: 'Customers',
    align: 'right',
    value: ({ customers }) => customers,
    cell: ({ customers }) => formatCount(customers),
  },
  ...(['days_30', 'days_60', 'days_90', 'days_365'] as const).map(
    (days): Column<Cohort> => ({
      id: days,
      title: `${days.replace('days_', '')} days`,
      unit: currency,
      align: 'right',
      value: ({ ltv }) => ltv[days]?.amount ?? null,
      cell: ({ ltv }) => formatMoney(ltv[days]),
    }),
  ),
  {
    id: 'so_far',
    title: 'So far',
    unit: currency,
    align: 'right',
    value: ({ ltv_so_far }) => ltv_so_far?.amount ?? null,
    cell: ({ ltv_so_far }) => formatMoney(ltv_so_far),
  },
]
