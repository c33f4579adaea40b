import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { POLL_MS } from '../../parts/poll.ts'
import { Segmented } from '../../parts/segmented.tsx'
import { Empty } from '../../parts/states.tsx'
import { AlertItem } from './alert-item.tsx'
import { Rules } from './rules.tsx'

const STATUSES = [
  { value: 'open', title: 'Open' },
  { value: 'acknowledged', title: 'Taken on' },
  { value: 'resolved', title: 'Resolved' },
] as const
type Status = (typeof STATUSES)[number]['value']

export function AlertsPage() {
  const [status, setStatus] = useState<Status>('open')
  const result = useRead(operations.list_alerts, { status, limit: 100 }, { pollMs: () => POLL_MS })
  return (
    <PageFrame title="Alerts" hint="One for each cause. An alert closes by itself when its cause goes away.">
      <Card
        title="What needs attention"
        actions={<Segmented label="Status" value={status} options={STATUSES} onChange={setStatus} />}
      >
        <Loaded result={result}>
          {({ alerts }) =>
            alerts.length === 0 ? (
              <Empty title={status === 'open' ? 'All is well' : 'Nothing here'}>
                {status === 'open' && 'Nothing is open. New alerts appear here by themselves.'}
              </Empty>
            ) : (
              <ul aria-live="polite" className="divide-y divide-line border-line border-t">
                {alerts.map((alert) => (
                  <AlertItem key={alert.id} alert={alert} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
      <Rules />
    </PageFrame>
  )
}
