import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { formatAgo, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { POLL_MS } from '../../parts/poll.ts'
import { useTold } from './told-input.ts'

type Action = OutputOf<typeof operations.list_pending_actions>['pending_actions'][number]
const CHANGES = [operations.list_pending_actions, operations.list_brand_recommendations, operations.list_alerts]

/** Changes that agents asked for: they happen when a person approves them. */
export function PendingActions() {
  const result = useRead(operations.list_pending_actions, { status: 'pending', limit: 100 }, { pollMs: () => POLL_MS })
  return (
    <Card
      title="Waiting for approval"
      hint="Changes that an agent asked for; they are made in your name when you approve"
    >
      <Loaded result={result}>
        {({ pending_actions: actions }) =>
          actions.length === 0 ? (
            <p className="px-4 pb-4 text-ink-3 text-sm sm:px-5">Nothing is waiting.</p>
          ) : (
            <ul className="divide-y divide-line border-line border-t">
              {actions.map((action) => (
                <ActionItem key={action.id} action={action} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function ActionItem({ action: { id, operation, input, asked_at, expires_at } }: { action: Action }) {
  const approve = useCall(operations.approve_pending_action, CHANGES)
  const reject = useCall(operations.reject_pending_action, CHANGES)
  const told = useTold(input)
  const outcome = approve.data?.pending_action.error
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 sm:px-5">
      <div className="min-w-0">
        <p className="font-medium text-sm">{inWords(operation)}</p>
        <p className="truncate text-ink-2 text-sm">{told}</p>
        <p className="text-ink-3 text-xs">
          asked {formatAgo(asked_at)} · expires {formatAgo(expires_at)}
        </p>
        {outcome && <p className="text-bad text-xs">{outcome.message}</p>}
        <FormError error={approve.error ?? reject.error} />
      </div>
      <div className="flex gap-2">
        <Button
          aria-label={`Reject ${inWords(operation)}`}
          busy={reject.isPending}
          onClick={() => reject.mutate({ id })}
        >
          Reject
        </Button>
        <Button
          look="primary"
          aria-label={`Approve ${inWords(operation)}`}
          busy={approve.isPending}
          onClick={() => approve.mutate({ id })}
        >
          Approve
        </Button>
      </div>
    </li>
  )
}
