import type { FormEvent } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { ROLES } from './roles.ts'

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const invite = useCall(operations.invite_user, [operations.list_users])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const role = ROLES.find(({ value }) => value === form.get('role'))?.value ?? 'analyst'
    invite.mutate({ email: String(form.get('email')), role }, { onSuccess: onClose })
  }
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail" hint="A letter with a link is sent there; it is good for 7 days.">
          <input className="field" name="email" type="email" required autoComplete="off" />
        </Field>
        <Field label="Role">
          <select className="field" name="role" defaultValue="analyst">
            {ROLES.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        <FormError error={invite.error} />
        <Button look="primary" type="submit" busy={invite.isPending}>
          Invite
        </Button>
      </form>
    </Dialog>
  )
}
