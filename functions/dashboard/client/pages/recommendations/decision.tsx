import { type FormEvent, useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { formatInstant, inWords } from '../../parts/format.ts'
import { useMe } from '../../shell/me.ts'
import type { Recommendation } from './recommendation.ts'

const CHANGES = [operations.list_brand_recommendations]

/** Accept or dismiss; afterwards what was decided, and what came of it. */
export function Decision({ recommendation }: { recommendation: Recommendation }) {
  const { may } = useMe()
  const [dismissing, setDismissing] = useState(false)
  const accept = useCall(operations.accept_recommendation, CHANGES)
  const { id, status, title, decided_at, dismiss_reason } = recommendation
  if (status !== 'open')
    return (
      <p className="text-ink-3 text-xs">
        <Badge tone={status === 'accepted' ? 'good' : 'neutral'}>{inWords(status)}</Badge> {formatInstant(decided_at)}
        {dismiss_reason && ` · ${dismiss_reason}`}
      </p>
    )
  if (!may('recommendations:act')) return <p className="text-ink-3 text-xs">A manager decides on this.</p>
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        look="primary"
        aria-label={`Accept: ${title}`}
        busy={accept.isPending}
        onClick={() => accept.mutate({ id })}
      >
        Accept
      </Button>
      <Button aria-label={`Dismiss: ${title}`} onClick={() => setDismissing(true)}>
        Dismiss
      </Button>
      <FormError error={accept.error} />
      {dismissing && <DismissDialog id={id} onClose={() => setDismissing(false)} />}
    </div>
  )
}

function DismissDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const dismiss = useCall(operations.dismiss_recommendation, CHANGES)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason'))
    dismiss.mutate({ id, reason }, { onSuccess: onClose })
  }
  return (
    <Dialog title="Dismiss this recommendation" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Why not?" hint="Its cause is left alone for 28 days.">
          <input className="field" name="reason" required maxLength={1000} />
        </Field>
        <FormError error={dismiss.error} />
        <Button look="primary" type="submit" busy={dismiss.isPending}>
          Dismiss
        </Button>
      </form>
    </Dialog>
  )
}
