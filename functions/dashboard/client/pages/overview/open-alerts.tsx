import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatAgo } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'

const SHOWN = 4
const POLL_MS = 15_000
const ICONS = {
  critical: { icon: CircleAlert, className: 'text-bad' },
  warning: { icon: TriangleAlert, className: 'text-warn' },
  info: { icon: Info, className: 'text-ink-3' },
} as const

/** What nobody has taken on yet, newest first. */
export function OpenAlerts({ brandId }: { brandId: string }) {
  const input = { brand_id: brandId, status: 'open', limit: SHOWN } as const
  const result = useRead(operations.list_alerts, input, { pollMs: () => POLL_MS })
  return (
    <Card title="Open alerts" actions={<AllAlerts />}>
      <Loaded result={result}>
        {({ alerts }) => (
          <CardBody>
            {alerts.length === 0 && (
              <p className="flex items-center gap-2 text-ink-3 text-sm">
                <CircleCheck size={16} aria-hidden className="text-good" /> Nothing needs you.
              </p>
            )}
            <ul className="flex flex-col gap-3">
              {alerts.map(({ id, severity, title, raised_at }) => {
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
          </CardBody>
        )}
      </Loaded>
    </Card>
  )
}

const AllAlerts = () => (
  <Link
    to="/alerts"
    search={(before: object) => before}
    className="font-medium text-accent-text text-xs hover:underline"
  >
    All alerts
  </Link>
)
