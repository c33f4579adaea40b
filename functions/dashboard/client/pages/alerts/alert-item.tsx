import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/field.tsx'
import { formatAgo, formatInstant, inWords } from '../../parts/format.ts'
import { useMe } from '../../shell/me.ts'
import { useScope } from '../../shell/scope.ts'

type Alert = OutputOf<typeof operations.list_alerts>['alerts'][number]
const TONES: Readonly<Record<Alert['severity'], Tone>> = { info: 'neutral', warning: 'warn', critical: 'bad' }

export function AlertItem({ alert }: { alert: Alert }) {
  const { brands } = useScope()
  const brand = brands.find(({ id }) => id === alert.brand_id)
  return (
    <li className="flex flex-col gap-2 px-4 py-3.5 sm:px-5 lg:flex-row lg:items-start lg:justify-between lg:gap-6">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={TONES[alert.severity]}>{inWords(alert.severity)}</Badge>
          <strong className="font-medium text-ink text-sm">{alert.title}</strong>
        </p>
        <p className="mt-1 max-w-prose text-ink-2 text-sm">{alert.message}</p>
        <p className="mt-1 text-ink-3 text-xs">
          {brand && `${brand.name} · `}
          <time dateTime={alert.raised_at} title={formatInstant(alert.raised_at)}>
            {formatAgo(alert.raised_at)}
          </time>
          {alert.resolved_at && ` · closed ${formatAgo(alert.resolved_at)}${alert.resolved_by ? '' : ' by itself'}`}
          {alert.resolution_note && ` · ${alert.resolution_note}`}
        </p>
      </div>
      {alert.status !== 'resolved' && <Deciding alert={alert} />}
    </li>
  )
}

function Deciding({ alert: { id, status, title } }: { alert: Alert }) {
  const { may } = useMe()
  const acknowledge = useCall(operations.acknowledge_alert, [operations.list_alerts])
  const resolve = useCall(operations.resolve_alert, [operations.list_alerts])
  if (!may('recommendations:act')) return null
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2">
      {status === 'open' && (
        <Button
          aria-label={`Take on: ${title}`}
          busy={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ id })}
        >
          Take on
        </Button>
      )}
      <Button
        look="quiet"
        aria-label={`Resolve: ${title}`}
        busy={resolve.isPending}
        onClick={() => resolve.mutate({ id })}
      >
        Resolve
      </Button>
      <FormError error={acknowledge.error ?? resolve.error} />
    </div>
  )
}
