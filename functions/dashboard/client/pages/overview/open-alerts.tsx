import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatAgo, formatCount } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { POLL_MS } from '../../parts/poll.ts'
import { OPEN_ALERTS } from '../../shell/open-alerts.ts'

const SHOWN = 4
const ICONS = {
  critical: { icon: CircleAlert, className: 'text-bad' },
  warning: { icon: TriangleAlert, className: 'text-warn' },
  info: { icon: Info, className: 'text-ink-3' },
} as const

/** What nobody has taken on yet, newest first. */
export function OpenAlerts({ brandId }: { brandId: string }) {
  // The navigation's own question, so that it is asked once for both.
  const result = useRead(operations.list_alerts, OPEN_ALERTS, { pollMs: () => POLL_MS })
  return (
    <Card title="Open alerts" actions={<AllAlerts />}>
      <Loaded result={result}>
        {({ alerts }) => {
          const here = alerts.filter(({ brand_id }) => brand_id === null || brand_id === brandId)
          return (
            <CardBody>
              {here.length === 0 && (
                <p className="flex items-center gap-2 text-ink-3 text-sm">
                  <CircleCheck size={16} aria-hidden className="text-good" /> Nothing needs you.
                </p>
              )}
              <ul className="flex flex-col gap-3">
                {here.slice(0, SHOWN).map(({ id, severity, title, raised_at }) => {
                  const { icon: Icon, className } = ICONS[severity]
                  return (
                    <li key={id} className="flex gap-2.5 text-sm">
                      <Icon size={16} aria-label={severity} className={`mt-0.5 shrink-0 ${className}`} />
                      <div className="min-w-0">
                        <p className="text-ink">{title}</p>
                        <p className="text-ink-3 text-xs">{formatAgo(raised_at)}</p>
                      </div>
                    </li>
                  )
                })}
              </ul>
              <Elsewhere count={alerts.length - here.length} />
            </CardBody>
          )
        }}
      </Loaded>
    </Card>
  )
}

const Elsewhere = ({ count }: { count: number }) =>
  count > 0 && <p className="mt-3 text-ink-3 text-xs">{formatCount(count)} more at your other brands.</p>

const AllAlerts = () => (
  <Link
    to="/alerts"
    search={(before: object) => before}
    className="font-medium text-accent-text text-xs hover:underline"
  >
    All alerts
  </Link>
)
