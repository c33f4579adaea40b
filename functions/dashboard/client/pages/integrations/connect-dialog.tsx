import { type FormEvent, useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { platformName } from '../../parts/format.ts'

const PLATFORMS = ['shopify', 'meta', 'tiktok', 'google-ads'] as const
type Platform = (typeof PLATFORMS)[number]

/** Sends the browser to the provider, which sends it back here. */
export function ConnectDialog({ brandId, onClose }: { brandId: string; onClose: () => void }) {
  const [platform, setPlatform] = useState<Platform>('shopify')
  const connect = useCall(operations.connect_integration)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined
    const [shop, account_id] = [text('shop'), text('account_id')]
    connect.mutate(
      { brand_id: brandId, platform, ...(shop && { shop }), ...(account_id && { account_id }) },
      { onSuccess: ({ authorize_url }) => window.location.assign(authorize_url) },
    )
  }
  return (
    <Dialog title="Connect an account" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <fieldset className="grid grid-cols-2 gap-2">
          <legend className="mb-1.5 font-medium text-sm">Platform</legend>
          {PLATFORMS.map((each) => (
            <label
              key={each}
              className="flex cursor-pointer items-center gap-2 rounded-lg border border-line-strong px-3 py-2.5 text-sm has-checked:border-accent has-checked:bg-sunken"
            >
              <input
                type="radio"
                name="platform"
                className="accent-accent"
                checked={each === platform}
                onChange={() => setPlatform(each)}
              />
              {platformName(each)}
            </label>
          ))}
        </fieldset>
        {platform === 'shopify' ? (
          <Field label="Shop" hint="As in your Shopify admin's address.">
            <input className="field" name="shop" required placeholder="name.myshopify.com" autoComplete="off" />
          </Field>
        ) : (
          <Field label="Account id" hint="Where your sign-in opens several accounts; otherwise leave it empty.">
            <input className="field" name="account_id" inputMode="numeric" pattern="\d*" autoComplete="off" />
          </Field>
        )}
        <FormError error={connect.error} />
        <Button look="primary" type="submit" busy={connect.isPending || connect.isSuccess}>
          Continue to {platformName(platform)}
        </Button>
      </form>
    </Dialog>
  )
}
