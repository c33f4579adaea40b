import { useMemo, useState } from 'react'
import { Card, CardBody } from '../../parts/card.tsx'
import { type Amount, amountOf, moneyFormats } from '../../parts/format.ts'
import { LazyChart } from '../../parts/lazy-chart.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import type { Series } from '../../parts/series.ts'
import { todayIn } from '../../shell/period.ts'
import type { Dashboard } from './dashboard.ts'

const STEPS = [
  { value: 'day', title: 'Daily' },
  { value: 'average', title: '7-day average' },
] as const
type Step = (typeof STEPS)[number]['value']

/** Net sales against ad spend; days whose spend may still change are shaded. */
export function Trend({ dashboard }: { dashboard: Dashboard }) {
  const [step, setStep] = useState<Step>('day')
  const { daily, currency, provisional_days, time_zone } = dashboard
  const days = useMemo(() => daily.map(({ day }) => day), [daily])
  const series = useMemo(() => seriesOf(daily, step), [daily, step])
  const formats = useMemo(() => moneyFormats(currency), [currency])
  return (
    <Card
      title="Net sales and ad spend"
      hint={currency}
      className="flex flex-col"
      actions={<Segmented label="Shown by" value={step} options={STEPS} onChange={setStep} />}
    >
      <CardBody className="flex flex-1 flex-col">
        <LazyChart
          label="Net sales and ad spend by day"
          {...{ days, series, ...formats }}
          height={300}
          openDay={todayIn(time_zone)}
          provisionalFrom={provisional_days.spend[0] ?? null}
        />
      </CardBody>
    </Card>
  )
}

function seriesOf(daily: Dashboard['daily'], step: Step): Series[] {
  const values = (of: (day: Dashboard['daily'][number]) => Amount | null) => {
    const amounts = daily.map((day) => amountOf(of(day)))
    return step === 'day' ? amounts : averages(amounts)
  }
  return [
    { title: 'Net sales', values: values(({ net }) => net), color: 1, kind: 'area' },
    { title: 'Ad spend', values: values(({ spend }) => spend), color: 3 },
  ]
}

/** Of the last seven days, as far as they are known. */
const averages = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((_, index) => {
    const known = values.slice(Math.max(0, index - 6), index + 1).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
