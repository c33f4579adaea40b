import type { FormEvent } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { useSetScope } from '../../shell/scope.ts'

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'))]
const CURRENCIES = Intl.supportedValuesOf('currency')
const { timeZone: HERE } = Intl.DateTimeFormat().resolvedOptions()

/** The brand that is made is the one that is looked at next. */
export function NewBrandDialog({ onClose }: { onClose: () => void }) {
  const create = useCall(operations.create_brand, [operations.list_brands])
  const setScope = useSetScope()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    create.mutate(
      { name: text('name'), currency: text('currency'), time_zone: text('time_zone') },
      {
        onSuccess: ({ brand }) => {
          setScope({ brand: brand.id })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog title="New brand" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name">
          <input className="field" name="name" required maxLength={200} autoComplete="off" />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Currency" hint="Amounts are reported in it.">
            <select className="field" name="currency" defaultValue="USD">
              {CURRENCIES.map((code) => (
                <option key={code}>{code}</option>
              ))}
            </select>
          </Field>
          <Field label="Time zone" hint="Its days begin there.">
            <select className="field" name="time_zone" defaultValue={ZONES.includes(HERE) ? HERE : 'UTC'}>
              {ZONES.map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll('_', ' ')}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <FormError error={create.error} />
        <Button look="primary" type="submit" busy={create.isPending}>
          Create the brand
        </Button>
      </form>
    </Dialog>
  )
}
