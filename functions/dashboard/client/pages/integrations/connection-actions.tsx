import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/field.tsx'
import { platformName } from '../../parts/format.ts'
import type { Connection } from './connection.ts'

const CHANGES = [operations.get_sync_status]

/** What may be done with a connection in its state. */
export function ConnectionActions({ connection }: { connection: Connection }) {
  const { integration_id: id, status, platform, account_name } = connection
  const sync = useCall(operations.trigger_sync, CHANGES)
  const pause = useCall(operations.pause_connection, CHANGES)
  const resume = useCall(operations.resume_connection, CHANGES)
  const disconnect = useCall(operations.disconnect_integration, CHANGES)
  const name = `${platformName(platform)} ${account_name}`
  const end = (): void => {
    if (window.confirm(`Disconnect ${name}? What was read stays.`)) disconnect.mutate({ id })
  }
  if (status === 'disconnected') return null
  return (
    <div className="flex flex-wrap items-center gap-2">
      {status === 'active' && (
        <Button aria-label={`Sync now: ${name}`} busy={sync.isPending} onClick={() => sync.mutate({ id })}>
          Sync now
        </Button>
      )}
      {status === 'active' && (
        <Button look="quiet" aria-label={`Pause ${name}`} busy={pause.isPending} onClick={() => pause.mutate({ id })}>
          Pause
        </Button>
      )}
      {status === 'paused' && (
        <Button aria-label={`Resume ${name}`} busy={resume.isPending} onClick={() => resume.mutate({ id })}>
          Resume
        </Button>
      )}
      <Button look="quiet" aria-label={`Disconnect ${name}`} busy={disconnect.isPending} onClick={end}>
        Disconnect
      </Button>
      <FormError error={sync.error ?? pause.error ?? resume.error ?? disconnect.error} />
    </div>
  )
}
