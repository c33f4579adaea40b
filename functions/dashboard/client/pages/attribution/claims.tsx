import { type ReactNode, useMemo } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { Chart } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCount, formatMoney, formatMoneyRounded, formatMoneyShort, platformName } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import type { Series } from '../../parts/series.ts'
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
  const days = useMemo(() => rows.map(({ day }) => day), [rows])
  const series = useMemo((): Series[] => {
    const amounts = (of: (row: Ledgers['days'][number]) => { amount: string } | null) =>
      rows.map((row) => {
        const money = of(row)
        return money === null ? null : Number(money.amount)
      })
    return [
      { title: 'Store', values: amounts(({ store }) => store.net), color: 1, kind: 'area' },
      { title: 'Credited on the day of the order', values: amounts((row) => row.attributed.order_ledger), color: 2 },
      { title: 'Credited on the day of the click', values: amounts((row) => row.attributed.touch_ledger), color: 3 },
    ]
  }, [rows])
  const format = useMemo(() => formatsOf(currency), [currency])
  return (
    <CardBody>
      <Chart label="Net sales by account" {...{ days, series, ...format }} height={240} />
    </CardBody>
  )
}

const formatsOf = (currency: string) => ({
  format: (value: number | null): string => formatMoney(value === null ? null : { amount: value.toFixed(2), currency }),
  formatShort: (value: number): string => formatMoneyShort(value, currency),
})

const columnsOf = (currency: string): Column<PlatformSum>[] => [
  {
    id: 'platform',
    title: 'Platform',
    value: ({ provider }) => platformName(provider),
    cell: ({ provider }) => <span className="font-medium">{platformName(provider)}</span>,
  },
  ...(['spend', 'claimed', 'credited'] as const).map(
    (name): Column<PlatformSum> => ({
      id: name,
      title: { spend: 'Spend', claimed: 'Claims for itself', credited: 'Credited by visits' }[name],
      unit: currency,
      align: 'right',
      value: (row) => row[name],
      cell: (row) => formatMoneyRounded({ amount: String(row[name]), currency }),
    }),
  ),
  {
    id: 'claimed_orders',
    title: 'Orders claimed',
    align: 'right',
    value: (row) => row.claimedOrders,
    cell: (row) => formatCount(row.claimedOrders),
  },
  {
    id: 'credited_orders',
    title: 'Orders credited',
    align: 'right',
    value: (row) => row.creditedOrders,
    cell: (row) => formatCount(row.creditedOrders),
  },
  {
    id: 'times',
    title: 'Claims ÷ credits',
    align: 'right',
    value: times,
    cell: (row) => {
      const ratio = times(row)
      return ratio === null ? '–' : `${formatCount(ratio)} ×`
    },
  },
]

const times = ({ claimed, credited }: PlatformSum): number | null => (credited > 0 ? claimed / credited : null)
