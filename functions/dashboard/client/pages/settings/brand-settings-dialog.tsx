import type { FormEvent } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import type { Brand } from '../../shell/scope.ts'
import { TimingFields, timingsOf } from './timing-fields.tsx'

const CHANGES = [
  operations.get_brand_settings,
  operations.get_brand_dashboard,
  operations.get_attribution,
  operations.get_inventory,
]

export function BrandSettingsDialog({ brand: { id, name }, onClose }: { brand: Brand; onClose: () => void }) {
  const result = useRead(operations.get_brand_settings, { id })
  const update = useCall(operations.update_brand_settings, CHANGES)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    update.mutate({ id, ...timingsOf(new FormData(event.currentTarget)) }, { onSuccess: onClose })
  }
  return (
    <Dialog title={`Settings of ${name}`} onClose={onClose}>
      <Loaded result={result}>
        {({ settings }) => (
          <form onSubmit={submit} className="flex flex-col gap-4">
            <div className="grid gap-4 sm:grid-cols-2">
              <TimingFields shownOf={(timing) => settings[timing]} />
            </div>
            <p className="text-ink-3 text-xs">
              Visits within the window before an order share its credit. With another window or half-life all orders are
              credited anew, which takes a few minutes.
            </p>
            <FormError error={update.error} />
            <Button look="primary" type="submit" busy={update.isPending}>
              Save
            </Button>
          </form>
        )}
      </Loaded>
    </Dialog>
  )
}
