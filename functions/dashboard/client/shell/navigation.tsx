import { Link } from '@tanstack/react-router'
import { operations } from '../api/operations.ts'
import { useRead } from '../api/queries.ts'
import { POLL_MS } from '../parts/poll.ts'
import { useMe } from './me.ts'
import { OPEN_ALERTS } from './open-alerts.ts'
import { OPERATOR_PLACES, PLACES, type Place } from './places.ts'

/** The places of those who are signed in; brand and days go along. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const me = useMe()
  const groups = me.may('platform:manage') ? OPERATOR_PLACES : PLACES
  return (
    <nav aria-label="Main" className="flex flex-col gap-5">
      {groups.map(({ title, places }) => (
        <div key={title ?? ''} className="flex flex-col gap-0.5">
          {title && <p className="px-2.5 pb-1 font-medium text-2xs text-ink-3 tracking-wide">{title}</p>}
          {places
            .filter(({ isFor }) => isFor?.(me) ?? true)
            .map((place) => (
              <PlaceLink key={place.to} place={place} {...(onGo && { onGo })} />
            ))}
        </div>
      ))}
    </nav>
  )
}

function PlaceLink({ place: { to, label, icon: Icon }, onGo }: { place: Place; onGo?: () => void }) {
  return (
    <Link
      to={to}
      search={(before: object) => before}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      {...(onGo && { onClick: onGo })}
      className="flex h-8 pointer-coarse:h-11 items-center gap-2.5 rounded-md px-2.5 text-ink-2 text-sm transition-colors hover:bg-sunken hover:text-ink"
      activeProps={{ className: 'bg-sunken font-medium !text-ink' }}
    >
      <Icon size={16} aria-hidden="true" className="shrink-0" />
      <span className="truncate">{label}</span>
      {to === '/alerts' && <OpenAlerts />}
    </Link>
  )
}

/** Comes without reloading: asked for again every 15 seconds, at the cost of a 304. */
function OpenAlerts() {
  const { data } = useRead(operations.list_alerts, OPEN_ALERTS, { pollMs: () => POLL_MS })
  const count = data?.data.alerts.length ?? 0
  if (count === 0) return null
  return (
    <span className="ml-auto rounded-full bg-bad-soft px-1.5 font-medium text-2xs text-bad">
      {count === 100 ? '99+' : count}
      <span className="sr-only"> open</span>
    </span>
  )
}
