import { Badge, type Tone } from '../../parts/badge.tsx'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatAgo, formatInstant, inWords, platformName } from '../../parts/format.ts'
import { Empty } from '../../parts/states.tsx'
import type { Dashboard } from './dashboard.ts'

type Connection = Dashboard['freshness'][number]

const toneOf = ({ status, error }: Connection): Tone => {
  if (status === 'needs_reauth' || status === 'disconnected') return 'bad'
  return error || status === 'paused' ? 'warn' : 'good'
}
const stateOf = ({ status, error }: Connection): string => (status === 'active' && error ? 'Failing' : inWords(status))

/** How old the figures are, by connection. */
export const Freshness = ({ connections }: { connections: readonly Connection[] }) => (
  <Card title="Freshness" className="flex-1">
    {connections.length === 0 ? (
      <Empty title="Nothing is connected" />
    ) : (
      <CardBody>
        <ul className="flex flex-col divide-y divide-line">
          {connections.map((connection) => (
            <li
              key={connection.integration_id}
              className="flex items-center justify-between gap-3 py-2 first:pt-0 last:pb-0"
            >
              <div className="min-w-0">
                <p className="truncate font-medium text-ink text-sm">{platformName(connection.platform)}</p>
                <p
                  className="truncate text-ink-3 text-xs"
                  title={connection.error?.message ?? formatInstant(connection.last_synced_at)}
                >
                  {connection.last_synced_at ? `Synced ${formatAgo(connection.last_synced_at)}` : 'Not synced yet'}
                </p>
              </div>
              <Badge tone={toneOf(connection)}>{stateOf(connection)}</Badge>
            </li>
          ))}
        </ul>
      </CardBody>
    )}
  </Card>
)
