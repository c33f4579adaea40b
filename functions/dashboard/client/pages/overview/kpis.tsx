import { Change } from '../../parts/change.tsx'
import {
  type Amount,
  amountOf,
  formatCount,
  formatMoney,
  formatMoneyRounded,
  formatRatio,
  formatShare,
} from '../../parts/format.ts'
import { Sparkline } from '../../parts/sparkline.tsx'
import { todayIn } from '../../shell/period.ts'
import { MODELS } from '../attribution/models.ts'
import type { Dashboard } from './dashboard.ts'

type Money = Amount | null
type Day = Dashboard['daily'][number]
type Tile = {
  title: string
  name: keyof Dashboard['kpis']
  /** Its course, where the days have it. */
  daily?: (day: Day) => number | null
  /** What it is measured by, where its days have no course. */
  note?: (dashboard: Dashboard) => string | null
  good?: 'more' | 'less' | null
}

const ratio = (above: Money, below: Money | number | null): number | null => {
  const divisor = typeof below === 'number' ? below : amountOf(below)
  return above === null || !divisor ? null : Number(above.amount) / divisor
}

function creditedBy({ model }: Dashboard): string | null {
  const title = MODELS.find(({ value }) => value === model)?.title
  return title ? `Credited by ${title.charAt(0).toLowerCase()}${title.slice(1)}` : null
}

function shareOfGross({ kpis: { returns, gross } }: Dashboard): string | null {
  const share = ratio(returns.value, gross.value)
  return share === null ? null : `${formatShare(share)} of gross sales`
}

const TILES: readonly Tile[] = [
  { title: 'Net sales', name: 'net', daily: ({ net }) => amountOf(net) },
  { title: 'Orders', name: 'orders', daily: ({ orders }) => orders },
  { title: 'Average order', name: 'aov', daily: ({ net, orders }) => ratio(net, orders) },
  { title: 'New customers', name: 'new_customers', daily: (day) => day.new_customers },
  { title: 'Ad spend', name: 'spend', good: null, daily: ({ spend }) => amountOf(spend) },
  { title: 'MER', name: 'mer', daily: ({ net, spend }) => ratio(net, spend) },
  { title: 'ROAS', name: 'roas', note: creditedBy },
  { title: 'Returns', name: 'returns', good: 'less', note: shareOfGross },
]

/** The figures that are looked at first, each beside the period before. */
export const Kpis = ({ dashboard }: { dashboard: Dashboard }) => (
  <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line md:grid-cols-4 min-[1800px]:grid-cols-8">
    {TILES.map((tile) => (
      <KpiTile key={tile.name} tile={tile} dashboard={dashboard} />
    ))}
  </dl>
)

function KpiTile({ tile: { title, name, good = 'more', ...tile }, dashboard }: { tile: Tile; dashboard: Dashboard }) {
  const { value, previous, change } = dashboard.kpis[name]
  const before = previous === null ? null : shown(previous)
  return (
    <div className="flex min-w-0 flex-col gap-1 bg-surface px-4 py-3.5 sm:px-5" data-kpi={name}>
      <dt className="truncate font-medium text-ink-3 text-xs">{title}</dt>
      <dd
        className="truncate font-semibold text-ink text-xl tracking-tight"
        title={value === null ? undefined : exactly(value)}
      >
        {shown(value)}
      </dd>
      <dd className="flex items-center gap-1.5 text-xs">
        {dashboard.compared_with && <Change change={change} good={good} />}
        {before && (
          <span className="truncate text-ink-3" title={previous === null ? undefined : exactly(previous)}>
            from {before}
          </span>
        )}
      </dd>
      <Course {...tile} dashboard={dashboard} />
    </div>
  )
}

/** Day by day up to yesterday: today is not over, and would end every course with a fall. */
function Course({ daily, note, dashboard }: Pick<Tile, 'daily' | 'note'> & { dashboard: Dashboard }) {
  const today = todayIn(dashboard.time_zone)
  if (daily)
    return (
      <dd aria-hidden="true" className="mt-1 text-accent-text">
        <Sparkline values={dashboard.daily.filter(({ day }) => day < today).map(daily)} className="h-8 w-full" />
      </dd>
    )
  return <dd className="mt-1 flex h-8 items-end truncate text-ink-3 text-xs">{note?.(dashboard)}</dd>
}

type Value = NonNullable<Money> | number

const isMoney = (value: Value): value is NonNullable<Money> => typeof value === 'object'

function shown(value: Value | null): string {
  if (value === null) return '–'
  if (isMoney(value)) return formatMoneyRounded(value)
  return Number.isInteger(value) ? formatCount(value) : formatRatio(value)
}

const exactly = (value: Value): string => (isMoney(value) ? formatMoney(value) : shown(value))
