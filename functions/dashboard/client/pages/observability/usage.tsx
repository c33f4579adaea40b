import { useMemo } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { Chart } from '../../parts/chart.tsx'
import { formatCost, formatCount, formatMoneyShort } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import type { Series } from '../../parts/series.ts'
import { Empty } from '../../parts/states.tsx'
import { Tile, Tiles } from '../../parts/tile.tsx'

type Used = OutputOf<typeof operations.get_usage>
const CURRENCY = 'USD'
const usd = (value: number) => ({ amount: String(value), currency: CURRENCY })
const formatUsd = (value: number | null): string => (value === null ? '–' : formatCost(usd(value)))
const formatUsdShort = (value: number): string =>
  value < 1 ? formatCost(usd(value)) : formatMoneyShort(value, CURRENCY)

export function Usage() {
  const result = useRead(operations.get_usage, {})
  return <Loaded result={result}>{(used) => <UsageOf {...used} />}</Loaded>
}

function UsageOf({ days, budget }: Used) {
  const share = Number(budget.spent.amount) / Number(budget.limit.amount)
  return (
    <div className="flex flex-col gap-4">
      <Tiles>
        <Tile
          title="AI cost this month"
          value={formatCost(budget.spent)}
          hint={`of ${formatCost(budget.limit)}`}
          tone={share < 0.8 ? 'neutral' : share < 1 ? 'warn' : 'bad'}
        />
        <Tile title="Questions" value={formatCount(sum(days.map(({ questions }) => questions)))} />
        <Tile title="Tokens" value={formatCount(sum(days.map(({ tokens }) => tokens)))} />
        <Tile
          title="Requests"
          value={formatCount(sum(days.map(({ requests }) => requests)))}
          hint="while telemetry is kept"
        />
      </Tiles>
      <CostByDay days={days} />
    </div>
  )
}

function CostByDay({ days }: Pick<Used, 'days'>) {
  const series = useMemo(
    (): Series[] => [{ title: 'AI cost', color: 1, kind: 'bars', values: days.map(({ cost }) => Number(cost.amount)) }],
    [days],
  )
  const names = useMemo(() => days.map(({ day }) => day), [days])
  return (
    <Card title="AI cost by day">
      <CardBody>
        {series.every(({ values }) => values.every((value) => value === 0)) ? (
          <Empty title="No answer has cost anything yet" />
        ) : (
          <Chart
            label="AI cost by day"
            days={names}
            series={series}
            height={200}
            format={formatUsd}
            formatShort={formatUsdShort}
          />
        )}
      </CardBody>
    </Card>
  )
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
