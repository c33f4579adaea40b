import { type ReactNode, useMemo } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { Chart } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { countColumn, moneyColumn } from '../../parts/figure-columns.tsx'
import { type Amount, amountOf, formatRatio, moneyFormats, platformName } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import type { Series } from '../../parts/series.ts'
import { todayIn } from '../../shell/period.ts'
import { useScope } from '../../shell/scope.ts'
import type { Ledgers } from './answers.ts'
import type { ModelName } from './models.ts'
import { type PlatformSum, platformSums } from './platform-sums.ts'

type Props = { asked: { id: string; since: string; until: string; model: ModelName }; actions: ReactNode }

/** What platforms claim, what the store sold, and what is credited: three accounts of the same sales. */
export function ClaimsCard({ asked, actions }: Props) {
  const result = useRead(operations.get_ledgers, asked)
  return (
    <Card
      title="Store, credits and claims"
      hint="Each platform claims whatever it touched; their claims overlap and are never added up."
      actions={actions}
    >
      <Loaded result={result}>
        {(ledgers) => (
          <>
            <LedgerChart ledgers={ledgers} />
            <DataTable
              name="Claims by platform"
              columns={columnsOf(ledgers.currency)}
              rows={platformSums(ledgers)}
              keyOf={({ provider }) => provider}
              empty="No ad platform had figures in these days"
            />
          </>
        )}
      </Loaded>
    </Card>
  )
}

function LedgerChart({ ledgers: { days: rows, currency } }: { ledgers: Ledgers }) {
  const { brand } = useScope()
  const days = useMemo(() => rows.map(({ day }) => day), [rows])
  const series = useMemo((): Series[] => {
    const amounts = (of: (row: Ledgers['days'][number]) => Amount | null) => rows.map((row) => amountOf(of(row)))
    return [
      { title: 'Store', values: amounts(({ store }) => store.net), color: 1, kind: 'area' },
      {
        title: 'Credited on the day of the order',
        values: amounts((row) => row.attributed.order_ledger),
        color: 2,
        kind: 'dashes',
      },
      { title: 'Credited on the day of the click', values: amounts((row) => row.attributed.touch_ledger), color: 3 },
    ]
  }, [rows])
  const formats = useMemo(() => moneyFormats(currency), [currency])
  return (
    <CardBody>
      <Chart
        label="Net sales by account"
        {...{ days, series, ...formats }}
        height={240}
        openDay={brand && todayIn(brand.time_zone)}
      />
    </CardBody>
  )
}

const columnsOf = (currency: string): Column<PlatformSum>[] => [
  {
    id: 'platform',
    title: 'Platform',
    value: ({ provider }) => platformName(provider),
    cell: ({ provider }) => <span className="font-medium">{platformName(provider)}</span>,
  },
  moneyColumn('spend', { title: 'Spend', currency }),
  moneyColumn('claimed', { title: 'Claims for itself', currency }),
  moneyColumn('credited', { title: 'Credited by visits', currency }),
  countColumn('claimedOrders', 'Orders claimed'),
  countColumn('creditedOrders', 'Orders credited'),
  {
    id: 'times',
    title: 'Claims ÷ credits',
    align: 'right',
    value: times,
    cell: (row) => {
      const ratio = times(row)
      return ratio === null ? '–' : `${formatRatio(ratio)} ×`
    },
  },
]

function times({ claimed, credited }: PlatformSum): number | null {
  const divisor = Number(credited.amount)
  return divisor > 0 ? Number(claimed.amount) / divisor : null
}
