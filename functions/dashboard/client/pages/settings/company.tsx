import type { FormEvent } from 'react'
import type { InputOf, OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Card, CardBody } from '../../parts/card.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ColourField, LogoField } from './branding-fields.tsx'
import { textOf } from './form-values.ts'
import { TimingFields, timingsOf } from './timing-fields.tsx'

type Settings = OutputOf<typeof operations.get_settings>['settings']
type Change = InputOf<typeof operations.update_settings>

/** Branding and what brands inherit. */
export function Company() {
  const result = useRead(operations.get_settings, {})
  return <Loaded result={result}>{({ settings }) => <CompanyForm settings={settings} />}</Loaded>
}

function CompanyForm({ settings }: { settings: Settings }) {
  const update = useCall(operations.update_settings, [operations.get_settings, operations.me])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    update.mutate(changeOf(new FormData(event.currentTarget)))
  }
  return (
    <form onSubmit={submit} className="flex max-w-5xl flex-col gap-4">
      <Card
        title="Branding"
        hint="Shown to everybody in your company; colours are shifted where they could not be read"
      >
        <CardBody className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          <LogoField value={settings.logo_url.value} />
          <ColourField name="primary_color" label="Colour" value={settings.primary_color.value} ours="#4f46e5" />
          <ColourField name="accent_color" label="Second colour" value={settings.accent_color.value} ours="#d97706" />
        </CardBody>
      </Card>
      <Card title="Defaults" hint="Of brands that have no setting of their own">
        <CardBody className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          <TimingFields shownOf={(name) => settings[`default_${name}`]} />
          <Field label="AI budget a month (USD)" hint="Empty: what your tier allows.">
            <input
              className="field"
              name="ai_budget_per_month"
              inputMode="decimal"
              pattern="\d+(\.\d+)?"
              defaultValue={settings.ai_budget_per_month.value?.amount ?? ''}
            />
          </Field>
        </CardBody>
      </Card>
      <FormError error={update.error} />
      <div className="flex items-center gap-3">
        <Button look="primary" type="submit" busy={update.isPending}>
          Save
        </Button>
        {update.isSuccess && (
          <span role="status" className="text-good text-sm">
            Saved
          </span>
        )}
      </div>
    </form>
  )
}

/** What is left empty returns to its default. */
const changeOf = (form: FormData): Change => {
  const budget = textOf(form, 'ai_budget_per_month')
  const timings = timingsOf(form)
  return {
    logo_url: textOf(form, 'logo_url'),
    primary_color: textOf(form, 'primary_color'),
    accent_color: textOf(form, 'accent_color'),
    default_lead_time_days: timings.lead_time_days,
    default_lead_time_sd_days: timings.lead_time_sd_days,
    default_attribution_window_days: timings.attribution_window_days,
    default_attribution_half_life_days: timings.attribution_half_life_days,
    ai_budget_per_month: budget === null ? null : { amount: budget, currency: 'USD' },
  }
}
