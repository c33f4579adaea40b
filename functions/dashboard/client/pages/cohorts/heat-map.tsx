import type { OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'
import { formatCount, formatMoneyWhole, formatMonth, formatShareEven } from '../../parts/format.ts'

type Cohort = OutputOf<typeof operations.get_cohorts>['cohorts'][number]
type Month = Cohort['months'][number]
export type Measure = 'share' | 'value'

/** Of the accent in a cell, in percent: with more of it the ink would have too little contrast, whatever the accent is. */
const MOST = 40
const FAINT = 4

/** A row for each cohort, a column for each month since; the first month is everybody, so it is not coloured by share. */
export function HeatMap({ cohorts, measure }: { cohorts: readonly Cohort[]; measure: Measure }) {
  const columns = Math.max(0, ...cohorts.flatMap(({ months }) => months.map(({ index }) => index))) + 1
  const counted = cohorts.flatMap(({ months }) => months.filter(({ index }) => measure === 'value' || index > 0))
  const most = Math.max(0.0001, ...counted.map((month) => sizeOf(month, measure)))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section aria-label="Cohorts by month" tabIndex={0} className="overflow-x-auto px-4 pb-4 sm:px-5">
      <table className="w-full border-separate border-spacing-0.5 text-xs">
        <thead>
          <tr className="text-ink-3">
            <th scope="col" className="whitespace-nowrap py-1 pr-3 text-left font-medium">
              First order
            </th>
            <th scope="col" className="py-1 pr-3 text-right font-medium">
              Customers
            </th>
            {Array.from({ length: columns }, (_, index) => index).map((index) => (
              <th key={index} scope="col" className="min-w-14 py-1 text-center font-medium">
                {index === 0 ? 'Month 0' : `+${index}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <CohortRow key={cohort.month} {...{ cohort, columns, measure, most }} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type RowProps = { cohort: Cohort; columns: number; measure: Measure; most: number }

const CohortRow = ({ cohort, columns, measure, most }: RowProps) => (
  <tr>
    <th scope="row" className="whitespace-nowrap py-1 pr-3 text-left font-medium text-ink">
      {formatMonth(cohort.month)}
    </th>
    <td className="py-1 pr-3 text-right text-ink-2">{formatCount(cohort.customers)}</td>
    {Array.from({ length: columns }, (_, index) => index).map((index) => {
      const month = monthAt(cohort, index)
      return month ? <HeatCell key={index} {...{ month, measure, most }} /> : <td key={index} />
    })}
  </tr>
)

/** A month in which nobody came back is none of the answer's, but lies before its last. */
function monthAt({ months }: Cohort, index: number): Month | undefined {
  const before = months.findLast((month) => month.index <= index)
  if (before === undefined || before.index === index) return before
  return months.some((month) => month.index > index) ? { ...before, index, customers: 0, share: 0 } : undefined
}

function HeatCell({ month, measure, most }: { month: Month; measure: Measure; most: number }) {
  const share = measure === 'share' && month.index === 0 ? 0 : Math.min(1, sizeOf(month, measure) / most)
  const percent = Math.round(FAINT + share * (MOST - FAINT))
  return (
    <td
      className="rounded-[5px] px-1.5 py-1.5 text-center text-ink"
      style={{ background: `color-mix(in oklab, var(--accent-text) ${percent}%, var(--surface))` }}
    >
      {measure === 'share' ? formatShareEven(month.share) : formatMoneyWhole(month.cumulative_net_by_customer)}
    </td>
  )
}

const sizeOf = (month: Month, measure: Measure): number =>
  measure === 'share' ? month.share : Number(month.cumulative_net_by_customer.amount)
