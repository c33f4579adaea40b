import { Plus, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { BUSY_POLL_MS, POLL_MS } from '../../parts/poll.ts'
import { Empty } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { NoBrand } from '../../shell/no-brand.tsx'
import { useScope } from '../../shell/scope.ts'
import { ConnectDialog } from './connect-dialog.tsx'
import { ConnectionItem } from './connection-item.tsx'
import { OutcomeNote } from './outcome-note.tsx'

type Status = OutputOf<typeof operations.get_sync_status>
const RUNNING = ['waiting', 'running', 'continued']

const pollMs = (status: Status | undefined): number =>
  status?.connections.some(({ run, backfill }) => RUNNING.includes(run?.status ?? backfill?.status ?? ''))
    ? BUSY_POLL_MS
    : POLL_MS

export function IntegrationsPage() {
  const { brand } = useScope()
  const { may } = useMe()
  const [connecting, setConnecting] = useState(false)
  const syncAll = useCall(operations.trigger_all_syncs, [operations.get_sync_status])
  const canManage = may('integrations:manage') && brand !== null
  const actions = canManage && (
    <>
      <Button busy={syncAll.isPending} onClick={() => syncAll.mutate({ brand_id: brand.id })}>
        <RefreshCw size={14} aria-hidden /> Sync all now
      </Button>
      <Button look="primary" onClick={() => setConnecting(true)}>
        <Plus size={15} aria-hidden /> Connect
      </Button>
    </>
  )
  return (
    <PageFrame
      title="Integrations"
      hint="Shops and ad accounts of this brand. Each is synced every hour, and now when you ask for it."
      actions={actions}
    >
      <OutcomeNote />
      {brand ? <Connections brandId={brand.id} canManage={canManage} /> : <NoBrand />}
      {connecting && brand && <ConnectDialog brandId={brand.id} onClose={() => setConnecting(false)} />}
    </PageFrame>
  )
}

/** What everything else is measured by, then the others by name. */
const shopsFirst = (connections: Status['connections']): Status['connections'] =>
  [...connections].sort((a, b) => rankOf(a) - rankOf(b) || a.platform.localeCompare(b.platform))
const rankOf = ({ platform, status }: Status['connections'][number]): number =>
  status === 'disconnected' ? 2 : Number(platform !== 'shopify')

function Connections({ brandId, canManage }: { brandId: string; canManage: boolean }) {
  const result = useRead(operations.get_sync_status, { brand_id: brandId, limit: 100 }, { pollMs })
  return (
    <Card title="Connections">
      <Loaded result={result}>
        {({ connections }) =>
          connections.length === 0 ? (
            <Empty title="Nothing is connected">
              Connect a shop first: its orders are what everything else is measured by.
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-line border-t">
              {shopsFirst(connections).map((connection) => (
                <ConnectionItem key={connection.integration_id} connection={connection} canManage={canManage} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
