import type { FormEvent } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { SCOPES } from './scopes.ts'

export function KeyDialog({ onClose }: { onClose: () => void }) {
  const create = useCall(operations.create_api_key, [operations.list_api_keys])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    create.mutate({
      name: String(form.get('name')),
      scopes: SCOPES.map(({ value }) => value).filter((scope) => form.has(scope)),
    })
  }
  return (
    <Dialog title="New API key" onClose={onClose}>
      {create.data ? (
        <div className="flex flex-col gap-3 text-sm">
          <p>This is the only time that the key is shown. Keep it where secrets are kept.</p>
          <code className="break-all rounded-lg bg-sunken p-3 text-xs">{create.data.key}</code>
          <Button onClick={() => void navigator.clipboard.writeText(create.data.key)}>Copy</Button>
        </div>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" hint="What it is for.">
            <input className="field" name="name" required maxLength={100} autoComplete="off" />
          </Field>
          <fieldset className="grid gap-2 sm:grid-cols-2">
            <legend className="mb-1.5 font-medium text-sm">It may</legend>
            {SCOPES.map(({ value, title }) => (
              <label key={value} className="flex items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  name={value}
                  defaultChecked={value === 'brands:read'}
                  className="size-4 accent-accent"
                />
                {title}
              </label>
            ))}
          </fieldset>
          <FormError error={create.error} />
          <Button look="primary" type="submit" busy={create.isPending}>
            Make the key
          </Button>
        </form>
      )}
    </Dialog>
  )
}
